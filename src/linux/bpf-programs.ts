/** The BPF programs that are loaded (kernel/bpf/syscall.c): `prog_idr`, found by the functions that look programs up in it. */
import type { AddressSpace } from "./address-space.ts";
import { traceCode } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { codeRange } from "./layout.ts";
import { pidEntries } from "./pid-table.ts";

export interface BpfProgram {
  readonly id: number;
  readonly address: number;
  /** `enum bpf_prog_type`. */
  readonly type: number;
  /** Instructions before they were compiled. */
  readonly length: number;
  readonly isCompiled: boolean;
  /** SHA-1 of the instructions, its first eight bytes. */
  readonly tag: string;
}

interface BpfContext {
  readonly space: AddressSpace;
  readonly symbols: KernelSymbols;
}

const READERS = ["bpf_prog_get_curr_or_next", "bpf_prog_by_id"];
const LOOKUPS = new Set(["idr_get_next", "idr_find"]);
/** Lock, flags, the root, first and next number. */
const IDR_BYTES = 20;
/** The first members of `struct bpf_prog`, since Linux 4.17: pages and bits, type, attach type, lengths, tag. */
const TYPE = 4;
const LENGTH = 12;
const COMPILED_LENGTH = 16;
const TAG = 20;
const TAG_BYTES = 8;
/** BPF_MAXINSNS of the verifier's time is a million. */
const MAX_LENGTH = 1 << 20;
const MAX_TYPE = 64;

/** False where the kernel was built without the system call: nobody can load a program. */
export function hasBpf({ symbols }: BpfContext): boolean {
  const call = symbols.find("sys_bpf");
  if (symbols.find("bpf_prog_get_curr_or_next") !== undefined || symbols.find("__sys_bpf") !== undefined) return true;
  return call !== undefined && call !== symbols.find("sys_ni_syscall");
}

/** The address of `prog_idr`: what the readers hand to the functions that look a number up. */
export function findPrograms({ space, symbols }: BpfContext): Fact<number> {
  const tables = new Set<number>();
  for (const name of READERS) {
    const range = codeRange(space, symbols, name);
    for (const { target, args } of range === undefined ? [] : traceCode(range).calls) {
      const [table] = args;
      const called = target === undefined ? [] : symbols.namesAt(target);
      if (!called.some((symbol) => LOOKUPS.has(symbol)) || table.root !== "const" || table.steps.length > 0) continue;
      tables.add(table.add >>> 0);
    }
  }
  const [table, another] = tables;
  if (table === undefined || another !== undefined) {
    return unknown(`${tables.size} tables are looked up by ${READERS.join(" and ")}`);
  }
  return proved(table, `${READERS.join(" and ")} look a number up in it`);
}

/** Programs by number; `undefined` when the table cannot be read. What is no program has no place in the list. */
export function loadedPrograms({ space }: BpfContext, table: number, lowest: number): BpfProgram[] | undefined {
  const words = new Uint32Array(IDR_BYTES / 4);
  if (space.readPrefix(table, new Uint8Array(words.buffer)) < IDR_BYTES) return undefined;
  const entries = pidEntries(space, table, lowest);
  if (entries === undefined) return words.some((word) => word >= lowest) ? undefined : [];
  return entries.flatMap(({ pid: id, address }) => {
    const type = space.readU32(address + TYPE);
    const length = space.readU32(address + LENGTH);
    const compiled = space.readU32(address + COMPILED_LENGTH);
    const tag = space.readBytes(address + TAG, TAG_BYTES);
    if (type === undefined || length === undefined || tag === undefined) return [];
    if (type >= MAX_TYPE || length === 0 || length > MAX_LENGTH) return [];
    return [{ id, address, type, length, isCompiled: compiled !== 0, tag: Buffer.from(tag).toString("hex") }];
  });
}
