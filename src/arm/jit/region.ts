/**
 * Finds the region to compile around a hot address: basic blocks reached by direct branches, of code that was executed.
 *
 * What counts as executed is what the interpreter has decoded, so paths never taken stay out and cost nothing.
 */
import { TLB_ENTRIES } from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import type { RegionLimits } from "./tuning.table.ts";

/** How a block ends. */
export type BlockEnd =
  /** The last instruction branches, perhaps on a condition; `target` is undefined when it is computed. */
  | { readonly kind: "branch"; readonly target: number | undefined; readonly isExchange: boolean }
  /** Falls into the next address. */
  | { readonly kind: "fall" }
  /** The interpreter does the instruction at the next address. */
  | { readonly kind: "interpret" };

export interface Block {
  readonly pc: number;
  readonly insns: readonly DecodedInsn[];
  readonly end: BlockEnd;
  /** Address after the last instruction. */
  readonly nextPc: number;
  /** Those that the interpreter does when their condition holds. */
  readonly escapes: ReadonlySet<DecodedInsn>;
  /** The last instruction leaves this address in LR: a return to it may stay in the region. */
  readonly returnPc: number | undefined;
}

export interface Region {
  readonly entryPc: number;
  readonly isThumb: boolean;
  /** By address, the entry somewhere among them. */
  readonly blocks: readonly Block[];
  /** Virtual page to host frame of every page that code was taken from. */
  readonly pages: ReadonlyMap<number, number>;
}

/** What the finder must know of the machine. */
export interface CodeView {
  /** Host frame of the virtual page of `pc` if code may be fetched there, else -1. Without effect on the guest. */
  frameOf(pc: number): number;
  /** The instruction at an address of a frame, if the interpreter has executed it. */
  executed(frame: number, pc: number, isThumb: boolean): boolean;
  decode(frame: number, pc: number, isThumb: boolean): DecodedInsn;
  /** Tries the compiler on one instruction. */
  classify(insn: DecodedInsn, pc: number): Classification;
}

export interface Classification {
  readonly needsInterpreter: boolean;
  readonly branches: boolean;
  readonly target: number | undefined;
  readonly isExchange: boolean;
  /** Writes LR with the next address. */
  readonly isCall: boolean;
}

const MAX_BLOCK_INSTRUCTIONS = 64;
const MAX_PAGES = 12;
const ALWAYS = 14;

export class RegionFinder {
  private readonly view: CodeView;
  private readonly isThumb: boolean;
  private readonly limits: RegionLimits;
  private readonly sizeBytes: number;
  private readonly pages = new Map<number, number>();
  private readonly blocks = new Map<number, Block>();
  private instructions = 0;

  constructor(view: CodeView, isThumb: boolean, limits: RegionLimits) {
    this.view = view;
    this.limits = limits;
    this.isThumb = isThumb;
    this.sizeBytes = isThumb ? 2 : 4;
  }

  /** The region of `entryPc`; `undefined` when not even its first instruction can be compiled. */
  find(entryPc: number): Region | undefined {
    const waiting = [entryPc];
    const leaders = new Set(waiting);
    const visit = (pc: number | undefined): void => {
      if (pc === undefined || leaders.has(pc)) return;
      leaders.add(pc);
      waiting.push(pc);
    };
    for (let pc = waiting.shift(); pc !== undefined; pc = waiting.shift()) {
      if (this.blocks.size >= this.limits.maxBlocks || this.instructions >= this.limits.maxInstructions) break;
      const block = this.block(pc);
      if (block === undefined) continue;
      this.blocks.set(pc, block);
      this.instructions += block.insns.length;
      const { end } = block;
      if (end.kind === "branch") visit(end.target);
      const fallsThrough = end.kind === "fall" || (end.kind === "branch" && this.isConditional(block));
      if (fallsThrough) visit(block.nextPc);
      visit(block.returnPc);
    }
    const entry = this.blocks.get(entryPc);
    if (entry === undefined || entry.insns.length === 0) return undefined;
    const blocks = this.withoutOverlap().sort((a, b) => (a.pc >>> 0) - (b.pc >>> 0));
    return { entryPc, isThumb: this.isThumb, blocks, pages: this.pages };
  }

  private isConditional(block: Block): boolean {
    return block.insns[block.insns.length - 1].c !== ALWAYS;
  }

  private block(start: number): Block | undefined {
    const insns: DecodedInsn[] = [];
    const escapes = new Set<DecodedInsn>();
    let pc = start;
    const done = (end: BlockEnd, returnPc?: number): Block | undefined =>
      insns.length === 0 && end.kind === "fall" ? undefined : { pc: start, insns, end, nextPc: pc, escapes, returnPc };
    while (insns.length < MAX_BLOCK_INSTRUCTIONS) {
      const frame = this.frameOf(pc);
      if (frame < 0 || !this.view.executed(frame, pc, this.isThumb)) return done({ kind: "fall" });
      if (pc !== start && (pc & 0xfff) === 0) return done({ kind: "fall" });
      const insn = this.view.decode(frame, pc, this.isThumb);
      const { needsInterpreter, branches, target, isExchange, isCall } = this.view.classify(insn, pc);
      if (needsInterpreter && insn.c === ALWAYS) return done({ kind: "interpret" });
      insns.push(insn);
      if (needsInterpreter) escapes.add(insn);
      pc = (pc + this.sizeBytes) | 0;
      if (branches && !needsInterpreter) return done({ kind: "branch", target, isExchange }, isCall ? pc : undefined);
    }
    return done({ kind: "fall" });
  }

  /** Frame of a page, remembered because the region is good only while the mapping is. */
  private frameOf(pc: number): number {
    const page = pc & ~0xfff;
    const known = this.pages.get(page);
    if (known !== undefined) return known;
    if (this.pages.size >= MAX_PAGES || !this.hasOwnTlbEntry(page)) return -1;
    const frame = this.view.frameOf(pc);
    if (frame >= 0) this.pages.set(page, frame);
    return frame;
  }

  /** Pages that share a TLB entry can never all be mapped at once, as the region requires. */
  private hasOwnTlbEntry(page: number): boolean {
    for (const other of this.pages.keys()) if (((page ^ other) >>> 12) % TLB_ENTRIES === 0) return false;
    return true;
  }

  /** Cuts blocks that run into the start of another one. */
  private withoutOverlap(): Block[] {
    return [...this.blocks.values()].map((block) => {
      for (let count = 1; count < block.insns.length; count++) {
        const pc = (block.pc + count * this.sizeBytes) | 0;
        if (!this.blocks.has(pc)) continue;
        return {
          pc: block.pc,
          insns: block.insns.slice(0, count),
          end: { kind: "fall" },
          nextPc: pc,
          escapes: block.escapes,
          returnPc: undefined,
        };
      }
      return block;
    });
  }
}
