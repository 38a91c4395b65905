/** Registered kprobes and the pages their copied instructions lie in (kernel/kprobes.c), found by the code that uses them. */
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { walkList } from "./list-walk.ts";
import { literalsOf } from "./literals.ts";

export interface Probe {
  /** Address of the `struct kprobe`. */
  readonly address: number;
  /** The instruction that it is set on. */
  readonly target: number;
  readonly handler: number;
}

/** KPROBE_TABLE_SIZE is 64 in every version. */
const TABLE_HEADS = 64;
const MAX_PROBES = 65_536;
/** `hlist`, `list`, `nmissed`, `addr`, `symbol_name`, `offset`, `pre_handler` begin the structure on 32 bits. */
const ADDR = 20;
const PRE_HANDLER = 32;
/** Functions that hash an address into `kprobe_table`. */
const TABLE_USERS = ["get_kprobe", "kprobe_ftrace_handler", "__register_kprobe", "register_kprobe"];
const CACHE_USERS = [
  "arch_prepare_kprobe",
  "arch_remove_kprobe",
  "arch_prepare_optimized_kprobe",
  "arch_remove_optimized_kprobe",
  "__arch_remove_optimized_kprobe",
];
const CACHE_BYTES = 0x40;
/** A page holds dozens of copies. */
const MAX_PAGES = 1024;

export interface ProbeContext {
  readonly space: AddressSpace;
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
  /** Kernel pointers are not below. */
  readonly lowest: number;
}

/** Every kprobe of the table at `table`; `undefined` when that is no table of them. */
function probesAt({ space, lowest }: ProbeContext, table: number): Probe[] | undefined {
  const probes: Probe[] = [];
  for (let index = 0; index < TABLE_HEADS; index++) {
    let link = table + index * 4;
    for (let node = space.readU32(link); node !== 0; node = space.readU32(link)) {
      if (node === undefined || node < lowest || (node & 3) !== 0 || probes.length > MAX_PROBES) return undefined;
      // `hlist_node.pprev` leads back to the pointer that led here, so what is no such list ends at once.
      if (space.readU32(node + 4) !== link) return undefined;
      const target = space.readU32(node + ADDR);
      const handler = space.readU32(node + PRE_HANDLER);
      if (target === undefined || handler === undefined || target < lowest) return undefined;
      probes.push({ address: node, target, handler });
      link = node;
    }
  }
  return probes;
}

/** The kprobes that are registered; none when the kernel has no support for them. */
export function registeredProbes(context: ProbeContext): Probe[] {
  for (const user of TABLE_USERS) {
    for (const literal of literalsOf(user, context.symbols, context.readCode)) {
      const probes = literal < context.lowest || (literal & 3) !== 0 ? undefined : probesAt(context, literal);
      if (probes !== undefined && probes.length > 0) return probes;
    }
  }
  return [];
}

/** Addresses of the pages that hold copies of probed instructions. */
export function probePages(context: ProbeContext): Set<number> {
  const { space, symbols, readCode, lowest } = context;
  const pages = new Set<number>();
  for (const user of CACHE_USERS) {
    for (const cache of literalsOf(user, symbols, readCode)) {
      if (cache < lowest || (cache & 3) !== 0) continue;
      for (let at = cache; at < cache + CACHE_BYTES; at += 4) {
        const { elements, damage } = walkList(space, at, lowest, MAX_PAGES);
        if (damage.length > 0) continue;
        for (const element of elements) {
          const page = space.readU32(element + 8) ?? 0;
          if ((page & 0xfff) === 0) pages.add(page);
        }
      }
    }
  }
  return pages;
}
