/** A tiny kernel in a memory image: page table, symbols, exports and processes laid out as Linux does it. */
import { ImageSource } from "../../src/memory/index.ts";

export type KallsymsLayout = "4.5" | "4.6" | "6.1" | "6.4" | "7.0";

export interface SyntheticOptions {
  readonly layout?: KallsymsLayout;
  readonly physOffset?: number;
  readonly pageOffset?: number;
  /** Names of the processes behind init and kthreadd; a leading "[" makes a kernel thread. */
  readonly processes?: readonly string[];
  /** Alignment of the kallsyms labels. */
  readonly alignment?: 4 | 16;
  /** Words between the members of `task_struct`, so that no offset is a constant. */
  readonly padding?: number;
  readonly exports?: boolean;
  /** Bytes of a `__ksymtab` entry: 8 before Linux 5.4, 12 since. */
  readonly exportBytes?: 8 | 12;
  /** Names of the functions that are called `do_thing_N` else, by N. */
  readonly functionNames?: Readonly<Record<number, string>>;
}

export const BANNER = "Linux version 6.1.99 (builder@host) (gcc 12.2.0, GNU ld 2.40) #7 Sat Nov 21 20:06:33 UTC 2026\n";
export const SYSCALLS = 400;
const IMAGE_BYTES = 4 << 20;
const FIRST_FUNCTION = 0x20000;
const FUNCTION_BYTES = 0x20;
/** More than 127 tokens: its length takes two bytes from Linux 6.1 on. */
export const LONG_NAME = `long_${"x9".repeat(100)}`;

interface Symbol {
  readonly address: number;
  readonly type: string;
  readonly name: string;
}

/** Tokens as scripts/kallsyms.c leaves them: a character that occurs stands for itself, the rest are sequences. */
function tokens(): string[] {
  const plain = /[A-Za-z0-9_.$]/;
  return Array.from({ length: 256 }, (_, code) => {
    const character = String.fromCharCode(code);
    if (plain.test(character)) return character;
    if (code === 0) return "Tsys_call";
    return code === 1 ? "do_thing" : `q${code}_`;
  });
}

export class SyntheticKernel {
  readonly image = new Uint8Array(IMAGE_BYTES);
  readonly view = new DataView(this.image.buffer);
  readonly physOffset: number;
  readonly pageOffset: number;
  readonly symbols: Symbol[] = [];
  readonly tableAddress: number;
  readonly syscallTable: number;
  readonly initTask: number;
  readonly taskAddresses: number[] = [];
  readonly offsets: Record<"tasks" | "mm" | "pid" | "realParent" | "groupLeader" | "flags" | "comm", number>;
  private readonly options: Required<SyntheticOptions>;

  constructor(options: SyntheticOptions = {}) {
    this.options = {
      layout: "6.1",
      physOffset: 0,
      pageOffset: 0xc0000000,
      processes: ["sh", "[kworker/0:0", "sleep", "[kworker/0:1", "[irq/59-mmci-pl18x (cmd)"],
      alignment: 4,
      padding: 3,
      exports: true,
      exportBytes: 12,
      functionNames: {},
      ...options,
    };
    this.physOffset = this.options.physOffset;
    this.pageOffset = this.options.pageOffset;
    this.tableAddress = this.physOffset + 0x4000;
    this.syscallTable = this.va(0x9000);
    this.initTask = this.va(0x200000);
    const step = this.options.padding * 4;
    const tasks = 0x100 + step;
    const pid = tasks + 16 + step;
    const realParent = pid + 8 + step;
    this.offsets = {
      flags: 0x20 + step,
      tasks,
      mm: tasks + 8,
      pid,
      realParent,
      groupLeader: realParent + 24,
      comm: realParent + 0x80 + step,
    };
    this.buildTable(0x4000, 4);
    this.buildText();
    this.text(0x100000, BANNER);
    this.buildKallsyms(0x101000);
    if (this.options.exports) this.buildExports(0x180000);
    this.buildTasks();
  }

  get source(): { memory: ImageSource } {
    return { memory: new ImageSource(this.image, this.physOffset) };
  }

  /** The virtual address of an offset in the image. */
  va(offset: number): number {
    return this.pageOffset + offset;
  }

  word(va: number, value: number): void {
    this.view.setUint32(va - this.pageOffset, value, true);
  }

  read(va: number): number {
    return this.view.getUint32(va - this.pageOffset, true);
  }

  text(offset: number, text: string): number {
    this.image.set(Buffer.from(text, "latin1"), offset);
    return offset + text.length;
  }

  private buildTable(offset: number, sections: number): void {
    const first = this.pageOffset >>> 20;
    for (let index = 0; index < sections; index++) {
      this.view.setUint32(offset + (first + index) * 4, (this.physOffset + (index << 20)) | 0xc1e, true);
    }
  }

  private buildText(): void {
    const add = (offset: number, name: string, type = "T"): void => {
      this.symbols.push({ address: this.va(offset), type, name });
    };
    add(0x8000, "_stext");
    add(0x8bf8, "vector_swi");
    // add r8, pc, #0x400; cmp r7, #400
    this.word(this.va(0x8bf8), 0xe28f8b01);
    this.word(this.va(0x8bfc), 0xe3570e19);
    add(0x9000, "sys_call_table");
    add(0x9000 + SYSCALLS * 4, "sys_behind_table", "t");
    for (let index = 0; index < SYSCALLS; index++) {
      const offset = FIRST_FUNCTION + index * FUNCTION_BYTES;
      if (index % 3 === 0) add(offset, `__se_sys_call${index}`, "t");
      add(offset, index === 17 ? "sys_ni_syscall" : `sys_call${index}`);
      if (index === 17) add(offset, "sys_missing", "W");
      this.word(this.syscallTable + index * 4, this.va(offset));
    }
    add(0x30000, LONG_NAME);
    const { functionNames } = this.options;
    for (let index = 0; index < 200; index++) {
      add(0x30020 + index * FUNCTION_BYTES, functionNames[index] ?? `do_thing_${index}`, "t");
    }
    add(0x40000, "_etext");
  }

  private buildKallsyms(start: number): void {
    const { layout, alignment } = this.options;
    const table = tokens();
    const addresses = this.symbols.map(({ address }) => address);
    const align = (offset: number): number => Math.ceil(offset / alignment) * alignment;
    let at = start;
    const words = (values: readonly number[]): void => {
      at = align(at);
      for (const value of values) {
        this.view.setUint32(at, value >>> 0, true);
        at += 4;
      }
    };
    const base = this.va(0x8000);
    const offsets = addresses.map((address) => address - base);
    if (layout === "4.5") words(addresses);
    if (layout === "4.6" || layout === "6.1") {
      words(offsets);
      words([base]);
    }
    words([this.symbols.length]);
    const markers: number[] = [];
    at = align(at);
    const names = at;
    for (const [index, { type, name }] of this.symbols.entries()) {
      if (index % 256 === 0) markers.push(at - names);
      at = this.encodeName(at, type + name, table);
    }
    words(markers);
    // seqs_of_names: three bytes a symbol.
    if (layout === "6.1") at += this.symbols.length * 3;
    at = align(at);
    const tokenStart = at;
    const index: number[] = [];
    for (const token of table) {
      index.push(at - tokenStart);
      at = this.text(at, `${token}\0`);
    }
    at = align(at);
    for (const offset of index) {
      this.view.setUint16(at, offset, true);
      at += 2;
    }
    if (layout === "6.4") {
      words(offsets);
      words([base]);
    }
    if (layout === "7.0") words(addresses);
  }

  private encodeName(start: number, text: string, table: readonly string[]): number {
    const codes: number[] = [];
    for (let from = 0; from < text.length; ) {
      const sequence = [0, 1].find((code) => text.startsWith(table[code], from));
      const code = sequence ?? text.charCodeAt(from);
      codes.push(code);
      from += table[code].length;
    }
    let at = start;
    if (codes.length < 128) this.image[at++] = codes.length;
    else {
      this.image[at++] = (codes.length & 0x7f) | 0x80;
      this.image[at++] = codes.length >> 7;
    }
    this.image.set(codes, at);
    return at + codes.length;
  }

  private buildExports(start: number): void {
    const names = ["init_task", ...Array.from({ length: 30 }, (_, index) => `exported_${index}`)];
    const { exportBytes } = this.options;
    let strings = start + names.length * exportBytes + 64;
    for (const [index, name] of names.entries()) {
      const value = name === "init_task" ? this.initTask : this.va(FIRST_FUNCTION + index * FUNCTION_BYTES);
      this.word(this.va(start + index * exportBytes), value);
      this.word(this.va(start + index * exportBytes + 4), this.va(strings));
      strings = this.text(strings, `${name}\0`);
    }
  }

  private buildTasks(): void {
    const names = ["swapper", "init", "[kthreadd", ...this.options.processes];
    for (const index of names.keys()) {
      this.taskAddresses.push(index === 0 ? this.initTask : this.va(0x210000 + index * 0x800));
    }
    for (const [index, name] of names.entries()) this.buildTask(index, name);
    this.link(this.taskAddresses);
  }

  /** Makes a ring of the tasks at `addresses`, the first being its head. */
  link(addresses: readonly number[]): void {
    const { tasks } = this.offsets;
    for (const [index, address] of addresses.entries()) {
      const next = addresses[(index + 1) % addresses.length];
      this.word(address + tasks, next + tasks);
      this.word(next + tasks + 4, address + tasks);
    }
  }

  private buildTask(pid: number, fullName: string): void {
    const address = this.taskAddresses[pid];
    const { offsets } = this;
    const isThread = pid === 0 || fullName.startsWith("[");
    const name = fullName.replace("[", "");
    const parent = pid <= 2 ? this.initTask : this.taskAddresses[isThread ? 2 : 1];
    this.word(address + offsets.flags, isThread ? 0x00200040 : 0x00400100);
    this.word(address + offsets.pid, pid);
    this.word(address + offsets.pid + 4, pid);
    this.word(address + offsets.realParent, parent);
    this.word(address + offsets.realParent + 4, parent);
    for (const list of [8, 16]) {
      for (const link of [0, 4]) {
        this.word(address + offsets.realParent + list + link, address + offsets.realParent + list);
      }
    }
    this.word(address + offsets.groupLeader, address);
    this.text(address - this.pageOffset + offsets.comm, `${name.slice(0, 15)}\0`);
    if (isThread && pid > 2) this.buildKernelThread(pid, address, name);
    if (!isThread) this.buildUserMemory(pid, address, name);
  }

  /** `struct kthread` with `data` at 16 and `full_name` at 40, and for workers a `struct worker` that ran "events". */
  private buildKernelThread(pid: number, task: number, name: string): void {
    const kthread = this.va(0x250000 + pid * 0x200);
    const worker = kthread + 0x100;
    this.word(task + this.offsets.realParent + 0x40, kthread);
    this.word(kthread + 12, this.va(name.startsWith("kworker") ? 0x30020 : 0x30040));
    if (name.length > 15) {
      this.word(kthread + 40, kthread + 0x80);
      this.text(kthread + 0x80 - this.pageOffset, `${name}\0`);
    }
    if (!name.startsWith("kworker")) return;
    this.word(task + this.offsets.flags, this.read(task + this.offsets.flags) | 0x20);
    this.word(kthread + 16, worker);
    this.word(worker + 0x20, task);
    this.text(worker + 0x38 - this.pageOffset, "events\0");
  }

  private buildUserMemory(pid: number, task: number, name: string): void {
    const mm = this.va(0x240000 + pid * 0x400);
    const pgd = 0x280000 + pid * 0x4000;
    const stack = 0x380000 + pid * 0x1000;
    const coarse = 0x3c0000 + pid * 0x400;
    this.buildTable(pgd, 4);
    // One page of stack at 0xbefff000.
    this.view.setUint32(pgd + 0xbef * 4, (this.physOffset + coarse) | 1, true);
    this.view.setUint32(coarse + 0xff * 4, (this.physOffset + stack) | 0xffe, true);
    const argv = `${name}\0-x\0`;
    this.text(stack + 0x100, argv);
    const argStart = 0xbefff100;
    const argEnd = argStart + argv.length;
    const block = [0x10000, 0x20000, 0x30000, 0x31000, 0x32000, 0x33000, 0xbefff0f0, argStart, argEnd, argEnd, argEnd];
    for (const [index, value] of block.entries()) this.word(mm + 0x40 + index * 4, value);
    this.word(mm + 0x18, this.va(pgd));
    this.word(task + this.offsets.mm, mm);
    this.word(task + this.offsets.mm + 4, mm);
  }
}

/** Repeatable numbers below a limit, for corruptions that a failing test can name. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 0x100000000) * limit);
  };
}
