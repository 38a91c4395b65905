/**
 * How the blocks of a region hang together: what each goes on to, which backward branches are clean loops, and which blocks
 * control reaches through the dispatch table.
 */
import { cleanLoops, type Loop } from "./loops.ts";
import type { Block, Region } from "./region.ts";

const ALWAYS = 14;

export class RegionPlan {
  /** Block number by address. */
  readonly indexOf: ReadonlyMap<number, number>;
  readonly totalInstructions: number;
  /** Direct successors of each block. */
  readonly successors: number[][] = [];
  /** Blocks that calls of the region return to. */
  readonly returns: number[] = [];
  /** Blocks that some block ahead of them branches to or falls into. */
  readonly forwardTargets = new Set<number>();
  loops: Loop[] = [];
  dispatched: ReadonlySet<number> = new Set();
  private readonly isThumb: boolean;
  private readonly entryPc: number;
  private readonly pcs: readonly number[];

  constructor(region: Region) {
    this.isThumb = region.isThumb;
    this.entryPc = region.entryPc;
    this.pcs = region.blocks.map(({ pc }) => pc);
    const indexOf = new Map<number, number>();
    let count = 0;
    for (const { pc, insns } of region.blocks) {
      indexOf.set(pc, indexOf.size);
      count += insns.length;
    }
    this.indexOf = indexOf;
    this.totalInstructions = count;
    for (const [from, block] of region.blocks.entries()) {
      const successors = this.successorsOf(block);
      this.successors.push(successors);
      for (const to of successors) if (to > from) this.forwardTargets.add(to);
      const site = block.returnPc === undefined ? undefined : indexOf.get(block.returnPc);
      if (site !== undefined) this.returns.push(site);
    }
    this.planLoops();
  }

  private successorsOf({ end, insns, nextPc }: Block): number[] {
    const indices: number[] = [];
    if (end.kind === "branch") {
      const target = this.localTarget(end.target, end.isExchange);
      const index = target === undefined ? undefined : this.indexOf.get(target);
      if (index !== undefined) indices.push(index);
    }
    if (end.kind === "fall" || (end.kind === "branch" && insns[insns.length - 1].c !== ALWAYS)) {
      const index = this.indexOf.get(nextPc);
      if (index !== undefined) indices.push(index);
    }
    return indices;
  }

  /** The address a constant branch reaches in the region's own state. */
  localTarget(target: number | undefined, isExchange: boolean): number | undefined {
    if (target === undefined || !isExchange) return target;
    if (((target & 1) !== 0) !== this.isThumb) return undefined;
    return target & (this.isThumb ? ~1 : ~3);
  }

  /** Backward targets that are no clean loop go through the table, which may make another loop unclean. */
  private planLoops(): void {
    const entry = this.indexOf.get(this.entryPc) ?? 0;
    let dispatched = new Set(this.returns).add(entry);
    const hasWayBack = this.successors.some((targets, from) => targets.some((to) => to <= from));
    while (hasWayBack) {
      this.loops = cleanLoops(this.successors, dispatched);
      const heads = new Set(this.loops.map(({ first }) => first));
      const next = new Set(dispatched);
      for (const [from, targets] of this.successors.entries()) {
        for (const to of targets) if (to <= from && !heads.has(to)) next.add(to);
      }
      if (next.size === dispatched.size) break;
      dispatched = next;
    }
    this.dispatched = dispatched;
  }

  /** Blocks that the dispatcher may enter, by address. */
  get entries(): Map<number, number> {
    const entries = new Map<number, number>();
    for (const index of this.dispatched) entries.set(this.pcs[index], index);
    return entries;
  }

  /** Clean loops directly inside a run of blocks, which may be a loop itself. */
  loopsIn(first: number, last: number, loop: Loop | undefined): Loop[] {
    if (this.loops.length === 0) return this.loops;
    return this.loops.filter(
      (l) => l !== loop && l.first >= first && l.last <= last && !this.isInsideOther(l, loop, first, last),
    );
  }

  private isInsideOther(l: Loop, parent: Loop | undefined, first: number, last: number): boolean {
    return this.loops.some(
      (o) => o !== l && o !== parent && o.first >= first && o.last <= last && o.first <= l.first && o.last >= l.last,
    );
  }
}
