/**
 * A guest's Linux kernel seen from outside: opened on physical memory alone, no file of its build needed.
 *
 * Symbols and offsets are learned once for one boot; every value is loaded at the moment it is asked for. After a
 * reset of the machine `isCurrent` is false and the kernel is to be opened anew. What could not be learned is tried
 * again after `refresh`, because a kernel that still boots shows more a moment later.
 */
import { assert } from "../base/index.ts";
import type { BuildFile } from "../debuginfo/index.ts";
import { AddressSpace } from "./address-space.ts";
import type { BannerLocation, Utsname } from "./banner.ts";
import { findBanner, MAX_BANNER_BYTES, readUtsname } from "./banner.ts";
import { openBootImage } from "./boot-image.ts";
import { CodeMap } from "./code-map.ts";
import { currentVariable } from "./current-task.ts";
import { kernelNotFound } from "./errors.ts";
import { findExportTable } from "./export-table.ts";
import type { Fact } from "./fact.ts";
import { likely, proved } from "./fact.ts";
import { GivenFile } from "./given-file.ts";
import { findHrTimerBases, type HrTimerBases } from "./hrtimers.ts";
import { findKallsyms } from "./kallsyms.ts";
import { IMAGE_SIZES_BYTES, type KernelImage, viewKernelImage } from "./kernel-image.ts";
import type { LogWalk, OldLog } from "./kernel-log.ts";
import { walkLog } from "./kernel-log.ts";
import type { CpuRegisters, KernelMap, KernelSource } from "./kernel-map.ts";
import { findKernelMap, PG_DIR_SIZE_BYTES } from "./kernel-map.ts";
import { KernelSymbols } from "./kernel-symbols.ts";
import type { ListDamage } from "./list-walk.ts";
import { walkList, walkListBackward } from "./list-walk.ts";
import { LoadedModule } from "./loaded-module.ts";
import { findModuleKset, findModuleList } from "./module-views.ts";
import { Mount } from "./mount.ts";
import { mountsOfNamespace } from "./mount-set.ts";
import { type Probe, registeredProbes } from "./probes.ts";
import type { SwitchLog } from "./switch-log.ts";
import type { SymbolTable } from "./symbol-table.ts";
import type { SyscallEntry, SyscallTable } from "./syscall-table.ts";
import { locateSyscallTable, readSyscallEntry } from "./syscall-table.ts";
import { Task } from "./task.ts";
import { findInitTask } from "./task-sample.ts";
import { findTimerBases, type TimerBase } from "./timer-wheel.ts";
import type { FieldName } from "./type-table.ts";
import { TypeTable } from "./type-table.ts";
import { findVmcoreinfo } from "./vmcoreinfo.ts";

export interface KernelOptions {
  /** Files of the kernel's build: those that agree with memory add what is not found there. */
  readonly files?: readonly BuildFile[];
  /** A clock, where it shall be told how long opening takes. */
  readonly nowMs?: () => number;
}

/** What opening the kernel took; the guest executed nothing for it. */
export interface Opening {
  /** Of the kernel's image, which was searched. */
  readonly imageBytes: number;
  readonly loads: number;
  /** Of the clock that was given. */
  readonly milliseconds: number | undefined;
}

/** The process list at one moment: what both directions of the ring gave, and what was wrong with it. */
export interface TaskWalk {
  readonly tasks: readonly Task[];
  /** Tasks that only the backward links reach: they were taken out of the forward list. */
  readonly onlyBackward: ReadonlySet<Task>;
  readonly damage: readonly ListDamage[];
  /** The kernel was stopped inside an update of the list. */
  readonly inUpdate: boolean;
}

/** A list of the kernel's at one moment. */
export interface ObjectWalk<T> {
  readonly objects: readonly T[];
  readonly damage: readonly ListDamage[];
  readonly inUpdate: boolean;
}

const MAX_COMMAND_LINE_BYTES = 4096;

export class Kernel {
  readonly map: KernelMap;
  /** Kernel addresses, translated by `swapper_pg_dir`. */
  readonly space: AddressSpace;
  readonly symbols: KernelSymbols;
  /** What the kernel keeps for its crash dump. */
  readonly vmcoreinfo: Fact<BuildFile>;
  /** Set when it is open. */
  opening: Opening = { imageBytes: 0, loads: 0, milliseconds: undefined };
  /** CP15 at this moment, where the source has a CPU. */
  readonly registers: CpuRegisters | undefined;
  private readonly source: KernelSource;
  private readonly descriptions: readonly GivenFile[];
  private moduleListFact: Fact<number> | undefined;
  private moduleKsetFact: Fact<number> | undefined;
  private bootImageFact: Fact<KernelImage> | undefined;
  private readonly bannerFact: Fact<BannerLocation>;
  private readonly initTask: Fact<number>;
  private readonly types: TypeTable;
  private syscallTableFact: Fact<SyscallTable> | undefined;
  private timerBasesFact: Fact<readonly TimerBase[]> | undefined;
  private hrTimerBasesFact: Fact<HrTimerBases> | undefined;

  constructor(source: KernelSource, map: KernelMap, image: KernelImage, options: KernelOptions) {
    this.source = source;
    this.registers = source.registers;
    this.map = map;
    this.space = new AddressSpace(source.memory, map.tableAddress, map.format);
    const inMemory = { kallsyms: findKallsyms(image), exports: findExportTable(image) };
    this.symbols = new KernelSymbols(inMemory);
    this.bannerFact = findBanner(image, this.utsname());
    this.vmcoreinfo = findVmcoreinfo({ space: this.space, image, symbols: this.symbols });
    this.descriptions = this.heldAgainstMemory(options.files ?? []);
    const ofBuild = this.descriptions.filter(({ verdict }) => verdict === "same");
    this.symbols = new KernelSymbols({ ...inMemory, given: ofBuild.flatMap(({ table }) => table ?? []) });
    this.initTask = this.findInitTask(image);
    const { space, symbols, initTask } = this;
    this.types = new TypeTable({ space, map, symbols, initTask, given: this.descriptions });
  }

  private heldAgainstMemory(files: readonly BuildFile[]): GivenFile[] {
    const { symbols, space, map, vmcoreinfo } = this;
    const all = vmcoreinfo.known ? [...files, vmcoreinfo.value] : files;
    const memory = {
      kallsyms: symbols.kallsyms,
      exports: symbols.exports,
      banner: this.bannerFact.known ? this.bannerFact.value.text.trimEnd() : undefined,
      textAt: (address: number) => space.readCString(address, MAX_BANNER_BYTES),
      tableAddress: map.textAddress - PG_DIR_SIZE_BYTES,
      syscallTableOf: (table: SymbolTable) => readSyscallEntry(space, table).tableAddress,
    };
    return all.map((file) => new GivenFile(file, memory));
  }

  private findInitTask(image: KernelImage): Fact<number> {
    const known = this.symbols.locate("init_task");
    if (known === undefined) return findInitTask(image);
    const isInMemory = known.source === "kallsyms" || known.source === "ksymtab";
    return isInMemory
      ? proved(known.address, "the symbol init_task")
      : likely(known.address, `the symbol init_task of the ${known.source}`);
  }

  /** False when the memory no longer holds the kernel that was opened: the machine was reset, or another one booted. */
  isCurrent(): boolean {
    const { map, space, bannerFact } = this;
    const text = map.textAddress;
    const there = space.translate(text) === text - map.pageOffset + map.physOffset;
    return there && bannerFact.known && this.readBanner() === bannerFact.value.text;
  }

  /** The address of `linux_banner`. */
  get banner(): Fact<BannerLocation> {
    return this.bannerFact;
  }

  /** The banner as it stands in memory now, its newline included; `undefined` when it is no longer text. */
  readBanner(): string | undefined {
    return this.bannerFact.known ? this.space.readCString(this.bannerFact.value.address, MAX_BANNER_BYTES) : undefined;
  }

  /** The names the running kernel gives itself, when `init_uts_ns` is exported. */
  utsname(): Utsname | undefined {
    const address = this.symbols.find("init_uts_ns");
    return address === undefined ? undefined : readUtsname(this.space, address);
  }

  /** Descriptions of the build, each held against memory: the files that were given, and the kernel's own VMCOREINFO. */
  get given(): readonly GivenFile[] {
    this.types.compareGiven();
    return this.descriptions;
  }

  /** The kernel as the boot loader put it into memory: what code and constants are held against. */
  get bootImage(): Fact<KernelImage> {
    this.bootImageFact ??= openBootImage(this.source, this.map);
    return this.bootImageFact;
  }

  /** A word of code as it was booted, where that is known, else as it is. */
  readonly readCode = (address: number): number | undefined => {
    const { bootImage } = this;
    if (bootImage.known && bootImage.value.contains(address)) {
      return bootImage.value.words[(address - bootImage.value.startAddress) >>> 2];
    }
    return this.space.readU32(address);
  };

  /** The list head `modules`. */
  get moduleList(): Fact<number> {
    if (this.moduleListFact?.known !== true) this.moduleListFact = findModuleList(this);
    return this.moduleListFact;
  }

  /** The set of modules in sysfs. */
  get moduleKset(): Fact<number> {
    if (this.moduleKsetFact?.known !== true) this.moduleKsetFact = findModuleKset(this);
    return this.moduleKsetFact;
  }

  /** Whose code lies where, at this moment. */
  codeMap(): CodeMap {
    return new CodeMap(this);
  }

  /** The kprobes that are registered at this moment. */
  probes(): Probe[] {
    return registeredProbes({ ...this.codeContext, lowest: this.map.pageOffset });
  }

  private get codeContext() {
    const { space, symbols, readCode } = this;
    return { space, symbols, readCode };
  }

  /** The wheels of timers. */
  get timerBases(): Fact<readonly TimerBase[]> {
    if (this.timerBasesFact?.known !== true) this.timerBasesFact = findTimerBases(this);
    return this.timerBasesFact;
  }

  /** The clocks that have timers of high resolution. */
  get hrTimerBases(): Fact<HrTimerBases> {
    if (this.hrTimerBasesFact?.known !== true) this.hrTimerBasesFact = findHrTimerBases(this);
    return this.hrTimerBasesFact;
  }

  get syscallTable(): Fact<SyscallTable> {
    const { text } = this.symbols;
    this.syscallTableFact ??= text.known ? locateSyscallTable(this.space, text.value) : text;
    return this.syscallTableFact;
  }

  /** What the system call entry code uses now. */
  syscallEntry(): SyscallEntry {
    const { text } = this.symbols;
    return text.known ? readSyscallEntry(this.space, text.value) : { tableAddress: undefined, count: undefined };
  }

  /** The offset of a structure member with its evidence, or why it is not known. */
  field(name: FieldName): Fact<number> {
    return this.types.fact(name);
  }

  /** The offset of a member that is known; for loads behind a check's `needs`. */
  offsetOf(name: FieldName): number | undefined {
    const fact = this.field(name);
    return fact.known ? fact.value : undefined;
  }

  /** Starts a new moment of reading: what could not be learned before is tried again when it is asked for. */
  refresh(): void {
    this.types.refresh();
    if (this.syscallTableFact?.known === false) this.syscallTableFact = undefined;
  }

  /** Address of the idle task's structure. */
  get initTaskAddress(): number | undefined {
    return this.initTask.known ? this.initTask.value : undefined;
  }

  /** The task on the CPU, by its register where the kernel keeps it there, else by the variable. */
  currentTask(): Task | undefined {
    const inRegister = this.registers?.tpidruro ?? 0;
    if (inRegister >= this.map.pageOffset) return new Task(this, inRegister);
    const variable = currentVariable(this);
    const address = variable === undefined ? undefined : this.space.readU32(variable);
    return address === undefined ? undefined : new Task(this, address);
  }

  /** Which tasks ran; `undefined` while that is not logged. */
  get switchLog(): SwitchLog | undefined {
    return this.source.switchLog?.();
  }

  /** Processes (thread group leaders) in the order of the kernel's list, the idle task excluded. */
  *tasks(): Generator<Task> {
    yield* this.walkTasks().tasks;
  }

  /** Loaded modules, newest first; empty when the list is not known. */
  walkModules(): ObjectWalk<LoadedModule> {
    const head = this.offsetOf("modules");
    const link = this.offsetOf("module.list") ?? 4;
    return head === undefined ? NOTHING : this.walkObjects(head, (element) => new LoadedModule(this, element - link));
  }

  /** The mounts that a task sees, in the order of /proc/mounts. */
  walkMounts(task: Task): ObjectWalk<Mount> {
    const namespace = task.mountNamespace;
    if (namespace === undefined) return NOTHING;
    const { mounts, damage, inUpdate } = mountsOfNamespace(this, (field) => this.offsetOf(field), namespace);
    return { objects: mounts.map((address) => new Mount(this, address)), damage, inUpdate };
  }

  /** The kernel's log; `undefined` when it is not known where it is. */
  walkLog(): LogWalk | undefined {
    return walkLog(this, () => this.oldLog());
  }

  /** What the boot loader told the kernel, as /proc/cmdline shows it. */
  commandLine(): string | undefined {
    const variable = this.offsetOf("saved_command_line");
    const text = variable === undefined ? undefined : this.space.readU32(variable);
    return text === undefined ? undefined : this.space.readCString(text, MAX_COMMAND_LINE_BYTES);
  }

  /** The process with a PID, when it is in the list. */
  task(pid: number): Task | undefined {
    return this.walkTasks().tasks.find((task) => task.pid === pid);
  }

  /** The whole list with what is wrong with it; empty when `task_struct.tasks` is not known. */
  walkTasks(): TaskWalk {
    const offset = this.offsetOf("task_struct.tasks");
    if (!this.initTask.known || offset === undefined) {
      return { tasks: [], onlyBackward: new Set(), damage: [], inUpdate: false };
    }
    const head = this.initTask.value + offset;
    const forward = walkList(this.space, head, this.map.pageOffset);
    const taskAt = (element: number): Task => new Task(this, (element - offset) >>> 0);
    const tasks = forward.elements.map(taskAt);
    const inUpdate = forward.inUpdate.length > 0;
    const onlyBackward = new Set<Task>();
    if (forward.damage.length > 0) {
      const reached = new Set(forward.elements);
      for (const element of walkListBackward(this.space, head, this.map.pageOffset).elements.toReversed()) {
        if (reached.has(element)) continue;
        const task = taskAt(element);
        onlyBackward.add(task);
        tasks.push(task);
      }
    }
    return { tasks, onlyBackward, damage: forward.damage, inUpdate };
  }

  private walkObjects<T>(head: number, make: (element: number) => T): ObjectWalk<T> {
    const { elements, damage, inUpdate } = walkList(this.space, head, this.map.modulesStart);
    return { objects: elements.map(make), damage, inUpdate: inUpdate.length > 0 };
  }

  private oldLog(): OldLog | undefined {
    const variables = ["log_buf", "log_buf_len"] as const;
    const [buffer, sizeBytes] = variables.map((name) => {
      const address = this.offsetOf(name);
      return address === undefined ? undefined : this.space.readU32(address);
    });
    if (buffer === undefined || sizeBytes === undefined) return undefined;
    const [first, next] = ["log_first_idx", "log_next_idx"].map((name) => {
      const address = this.symbols.find(name);
      return (address === undefined ? undefined : this.space.readU32(address)) ?? 0;
    });
    return { buffer, sizeBytes, first, next };
  }
}

const NOTHING: ObjectWalk<never> = { objects: [], damage: [], inUpdate: false };

/**
 * Finds the kernel in a guest's memory. Throws `HvError` `kernel-not-found` when there is none yet,
 * `kernel-layout-unsupported` when it cannot be read. A file of another build is no error: `given` tells it.
 */
export function openKernel(source: KernelSource, options: KernelOptions = {}): Kernel {
  const startMs = options.nowMs?.();
  const map = findKernelMap(source);
  const space = new AddressSpace(source.memory, map.tableAddress, map.format);
  let kernel: Kernel | undefined;
  let imageBytes = 0;
  for (const sizeBytes of IMAGE_SIZES_BYTES) {
    const image = viewKernelImage(space, map, sizeBytes);
    kernel = new Kernel(source, map, image, options);
    imageBytes = image.bytes.length;
    const isWhole = image.bytes.length < sizeBytes;
    if (isWhole || (kernel.banner.known && kernel.symbols.kallsyms.known && kernel.symbols.exports.known)) break;
  }
  assert(kernel !== undefined, "there is an image size to try");
  if (!kernel.banner.known && !kernel.symbols.kallsyms.known) {
    throw kernelNotFound("behind the page table there is neither a version line nor a symbol table");
  }
  const milliseconds = startMs === undefined ? undefined : (options.nowMs?.() ?? startMs) - startMs;
  kernel.opening = { imageBytes, loads: space.loads + kernel.space.loads, milliseconds };
  return kernel;
}
