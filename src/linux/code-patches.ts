/**
 * Changes that a kernel makes to its own code, each held against the record that its build left in the boot image.
 *
 * A change is legal only as the record allows it: the physical offset of this machine, the alternative for one
 * processor, a jump label's branch or no-op, a call of the tracer, a breakpoint where a probe is registered.
 */
import { branchTarget, isBranchWithLink } from "./arm-code.ts";
import { TRACE_CALLERS } from "./code-trace.ts";
import type { KernelImage } from "./kernel-image.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";

export type PatchKind = "phys-virt" | "smp-alternative" | "jump-label" | "ftrace" | "kprobe";

export interface CodeChange {
  readonly address: number;
  /** In the boot image, and in memory now. */
  readonly before: number;
  readonly now: number;
}

export interface PatchContext {
  readonly map: KernelMap;
  readonly image: KernelImage;
  readonly symbols: KernelSymbols;
  /** Whether a kprobe is registered at an address of the kernel. */
  hasProbe(address: number): boolean;
}

const NOPS = new Set([0xe1a00000, 0xe320f000]);
/** `add sp, sp, #4` and `pop {lr}`: what is left of a call of the tracer (arch/arm/kernel/ftrace.c). */
const TRACE_NOPS = new Set([0xe28dd004, 0xe8bd4000]);
const TRACE_HOOKS = ["ftrace_call", "ftrace_regs_call"];
/** arch/arm/include/asm/probes.h: an undefined instruction, condition aside. */
const KPROBE_BREAKPOINT = 0x07f001f8;
const ROTATED_LOW = 0x800;

/** Words of the image that point to changed code: an entry of a patch table begins with one. */
interface Records {
  /** By address of the code: offsets of words that hold it, and of words whose own address plus their value is it. */
  readonly absolute: ReadonlyMap<number, readonly number[]>;
  readonly relative: ReadonlyMap<number, readonly number[]>;
}

function collectRecords(image: KernelImage, changes: readonly CodeChange[]): Records {
  const wanted = new Set(changes.map(({ address }) => address));
  const absolute = new Map<number, number[]>();
  const relative = new Map<number, number[]>();
  const note = (map: Map<number, number[]>, address: number, index: number): void => {
    const list = map.get(address);
    if (list === undefined) map.set(address, [index]);
    else list.push(index);
  };
  const { words, startAddress } = image;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (wanted.has(word)) note(absolute, word, index);
    const target = (word + startAddress + index * 4) >>> 0;
    if (word !== 0 && wanted.has(target)) note(relative, target, index);
  }
  return { absolute, relative };
}

/** Judges the changes of one moment. */
export class PatchJudge {
  private readonly context: PatchContext;
  private readonly records: Records;

  constructor(context: PatchContext, changes: readonly CodeChange[]) {
    this.context = context;
    this.records = collectRecords(context.image, changes);
  }

  /** What legal patch a change is, or `undefined`. */
  kindOf(change: CodeChange): PatchKind | undefined {
    if (this.isPhysVirt(change)) return "phys-virt";
    if (this.isSmpAlternative(change)) return "smp-alternative";
    if (this.isJumpLabel(change)) return "jump-label";
    if (this.isTrace(change)) return "ftrace";
    return this.isProbe(change) ? "kprobe" : undefined;
  }

  private isRecorded(address: number): boolean {
    return this.records.absolute.has(address) || this.records.relative.has(address);
  }

  /** `add` and `sub` of `__phys_to_virt` and back: bits 31 to 24, or 23 to 20, of the offset (arch/arm/kernel/phys2virt.S). */
  private isPhysVirt({ address, before, now }: CodeChange): boolean {
    const operation = before & 0x0fe00000;
    if ((operation !== 0x02800000 && operation !== 0x02400000) || !this.isRecorded(address)) return false;
    const { physOffset, pageOffset } = this.context.map;
    const offset = (physOffset - pageOffset) >>> 0;
    const byte = (before & ROTATED_LOW) === 0 ? offset >>> 24 : (offset >>> 16) & 0xf0;
    return now === ((before & ~0xff) | byte) >>> 0;
  }

  /** An entry of `.alt.smp.init` is the address of the code and what one processor has there. */
  private isSmpAlternative({ address, now }: CodeChange): boolean {
    const { words } = this.context.image;
    const { absolute, relative } = this.records;
    return [...(absolute.get(address) ?? []), ...(relative.get(address) ?? [])].some((at) => words[at + 1] === now);
  }

  /** An entry of `__jump_table` is code, target and key; either side of it was a no-op or a branch to the target. */
  private isJumpLabel({ address, before, now }: CodeChange): boolean {
    const targets = this.jumpTargets(address);
    const fits = (word: number): boolean => NOPS.has(word) || targets.includes(branchTarget(word, address) ?? -1);
    return targets.length > 0 && fits(before) && fits(now);
  }

  private jumpTargets(address: number): number[] {
    const { words, startAddress } = this.context.image;
    const { absolute, relative } = this.records;
    return [
      ...(absolute.get(address) ?? []).map((at) => words[at + 1]),
      ...(relative.get(address) ?? []).map((at) => (words[at + 1] + startAddress + (at + 1) * 4) >>> 0),
    ];
  }

  private isTrace({ address, before, now }: CodeChange): boolean {
    const { symbols } = this.context;
    const target = isBranchWithLink(before) ? branchTarget(before, address) : undefined;
    if (target === undefined) return false;
    const called = isBranchWithLink(now) ? branchTarget(now, address) : undefined;
    if (TRACE_HOOKS.some((name) => symbols.find(name) === address)) return called !== undefined && this.isText(called);
    const isSite = symbols.find("__gnu_mcount_nc") === target;
    const isCaller = TRACE_CALLERS.some((name) => called !== undefined && symbols.find(name) === called);
    return isSite && (TRACE_NOPS.has(now) || isCaller);
  }

  private isProbe({ address, now }: CodeChange): boolean {
    const isBreakpoint = (now & 0x0fffffff) === KPROBE_BREAKPOINT;
    const isOptimized = branchTarget(now, address) !== undefined;
    return (isBreakpoint || isOptimized) && this.context.hasProbe(address);
  }

  private isText(address: number): boolean {
    const { textRange } = this.context.symbols;
    return textRange.known && address >= textRange.value.startAddress && address < textRange.value.endAddress;
  }
}
