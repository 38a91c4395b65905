/** Whose code lies at an address: the kernel's own, a listed module's, the processor's vectors, or nobody's. */
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import type { Fact } from "./fact.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { contains, type MappedRun, mappedRuns, moduleArea } from "./module-area.ts";
import type { ModuleContext, ModuleListWalk, ModuleRecord } from "./module-views.ts";
import { ModuleMemory, walkModuleList } from "./module-views.ts";
import { probePages } from "./probes.ts";

export type CodeOwner =
  /** Between `_stext` and `_etext`. */
  | { readonly kind: "kernel" }
  | { readonly kind: "module"; readonly module: ModuleRecord }
  | { readonly kind: "vectors" }
  /** Copies of instructions that kprobes are set on. */
  | { readonly kind: "kprobes" }
  /** Mapped where modules are, and no listed module's. */
  | { readonly kind: "unowned"; readonly run: MappedRun }
  /** The kernel's data, heap or stacks. */
  | { readonly kind: "data" }
  | { readonly kind: "unmapped" };

export interface CodeMapContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
  readonly moduleList: Fact<number>;
}

const VECTORS_START = 0xffff0000;
const VECTORS_END = 0xffff2000;

export interface OwnedRun {
  readonly run: MappedRun;
  readonly owner: CodeOwner;
}

/** Ownership at one moment; made anew for each check. */
export class CodeMap {
  readonly list: ModuleListWalk;
  readonly runs: readonly OwnedRun[];
  private readonly context: CodeMapContext;
  private readonly text: Fact<{ startAddress: number; endAddress: number }>;

  constructor(context: CodeMapContext) {
    const { space, map, symbols, moduleList } = context;
    this.context = context;
    this.text = symbols.textRange;
    this.list = moduleList.known
      ? walkModuleList(context satisfies ModuleContext, moduleList.value)
      : { modules: [], damage: [], inUpdate: false };
    const lowest = map.pageOffset;
    const pages = probePages({ ...context, lowest });
    const memory = new ModuleMemory(space, this.list.modules, map.modulesStart);
    this.runs = mappedRuns(space, moduleArea(map, symbols.find("kmap_high") !== undefined)).map((run) => {
      const module = memory.ownerOf(run.startAddress, run.endAddress);
      if (module !== undefined) return { run, owner: { kind: "module", module } };
      return { run, owner: pages.has(run.startAddress) ? { kind: "kprobes" } : { kind: "unowned", run } };
    });
  }

  ownerOf(address: number): CodeOwner {
    const { text } = this;
    if (text.known && address >= text.value.startAddress && address < text.value.endAddress) return { kind: "kernel" };
    if (address >= VECTORS_START && address < VECTORS_END) return { kind: "vectors" };
    const owned = this.runs.find(({ run }) => contains(run, address));
    if (owned !== undefined) return owned.owner;
    return this.context.space.translate(address) === undefined ? { kind: "unmapped" } : { kind: "data" };
  }

  /** True for code that the kernel or a listed module brought. */
  isKnown(address: number): boolean {
    const { kind } = this.ownerOf(address);
    return kind === "kernel" || kind === "module" || kind === "vectors" || kind === "kprobes";
  }

  /** For a person: `sys_read+0x10`, `module foo`, `memory of no listed module`. */
  describe(address: number): string {
    const owner = this.ownerOf(address);
    switch (owner.kind) {
      case "kernel": {
        const near = this.context.symbols.at(address);
        if (near === undefined) return "kernel text";
        return near.offset === 0 ? near.symbol.name : `${near.symbol.name}+0x${near.offset.toString(16)}`;
      }
      case "module":
        return `module ${owner.module.name}`;
      case "vectors":
        return "the exception vectors";
      case "kprobes":
        return "a kprobe's copy of an instruction";
      case "unowned":
        return "memory of no listed module";
      case "data":
        return "kernel data or heap";
      case "unmapped":
        return "unmapped memory";
    }
  }
}
