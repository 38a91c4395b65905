/**
 * Makes one wasm function of a region.
 *
 * Blocks lie in address order inside one dispatch loop. A forward branch is a `br` to the label of its block; a backward
 * one goes to the head of a clean loop, or through the dispatch table. Every way back checks that the slice has room for
 * the whole region, so the count of instructions never runs past an event.
 */

import { CPU_STATE_OFFSET, PAGE_SIZE, ROW_COUNTS_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  ENTRY_WORDS,
  FLAG_C,
  FLAG_N,
  FLAG_T,
  FLAG_V,
  FLAG_Z,
  PC,
  REMAINING,
  TAG_EXECUTE,
  TLB_ENTRIES,
} from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { rows } from "../decode/index.ts";
import {
  Exit,
  FIRST_TEMPORARY,
  LOCAL_BANK,
  LOCAL_C,
  LOCAL_EXIT_PC,
  LOCAL_EXIT_REASON,
  LOCAL_N,
  LOCAL_NEXT,
  LOCAL_REMAINING,
  LOCAL_V,
  LOCAL_Z,
  REGISTER_LOCAL,
} from "./locals.table.ts";
import { TLB_BANK_WORD } from "./look-up.ts";
import type { Loop } from "./loops.ts";
import type { Region } from "./region.ts";
import { RegionPlan } from "./region-plan.ts";
import { constantValue, type Value } from "./value.ts";
import { KIND_FETCH, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import { type CoreView, WasmOps } from "./wasm-ops.ts";
import { type FunctionBody, functionBody, I32, I64, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

/** Index of the type of a region's function among those of its module. */
const REGION_TYPE = 1;
/** Where header, blocks and footer are written, one region after the other: new buffers for each cost more than the code. */
const scratch = [new WasmWriter(), new WasmWriter(), new WasmWriter()] as const;
const ALWAYS = 14;
const PAGE_OFFSET = PAGE_SIZE - 1;
const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** Data processing without flags, by an immediate or a register shifted by a constant. */
const COMPUTATION = /^(and|eor|sub|rsb|add|adc|sbc|rsc|orr|mov|bic|mvn)(Imm|Reg)$/;
const isComputation = rows.map(({ semantic }) => COMPUTATION.test(semantic));

/** It writes one register, not PC, and does nothing else. */
const isPureComputation = ({ row, S, d }: DecodedInsn): boolean => isComputation[row] && S === 0 && d !== 15;

class RegionCompiler {
  private readonly region: Region;
  private readonly options: CompileOptions;
  private readonly ops: WasmOps;
  private readonly w: WasmWriter;
  private readonly plan: RegionPlan;
  /** Depth right after opening, by block: `labels` of blocks ahead, `heads` of clean loops around. */
  private readonly labels = new Map<number, number>();
  private readonly heads = new Map<number, number>();
  private dispatchLevel = 0;

  constructor(region: Region, options: CompileOptions) {
    this.region = region;
    this.options = options;
    this.w = scratch[0].clear();
    this.ops = new WasmOps(this.w, region.isThumb, options);
    this.plan = new RegionPlan(region);
  }

  compile(): FunctionBody {
    const { ops, w } = this;
    ops.open(Op.block, VOID);
    ops.open(Op.loop, VOID);
    this.dispatchLevel = ops.depth;
    this.scope(0, this.region.blocks.length - 1, undefined);
    w.op(Op.unreachable);
    ops.close();
    ops.close();
    const words = FIRST_TEMPORARY - REGISTER_LOCAL + ops.extraLocals;
    const locals = [
      { count: 2, type: I64 },
      { count: words, type: I32 },
    ];
    return functionBody({ locals, code: [this.header(), w, this.footer()] });
  }

  /** Blocks that the dispatcher may enter, by address. */
  get entries(): Map<number, number> {
    return this.plan.entries;
  }

  /** Blocks `first` .. `last` and the labels that forward branches and the table need among them. */
  private scope(first: number, last: number, loop: Loop | undefined): void {
    const { ops, w } = this;
    const children = this.plan.loopsIn(first, last, loop);
    const isOwn = (block: number) => !children.some((l) => block > l.first && block <= l.last);
    const targets: number[] = [];
    for (let block = last; block >= first; block--) {
      if (!isOwn(block) || (loop !== undefined && block === first)) continue;
      if (this.plan.forwardTargets.has(block) || (loop === undefined && this.plan.dispatched.has(block)))
        targets.push(block);
    }
    for (const block of targets) {
      ops.open(Op.block, VOID);
      this.labels.set(block, ops.depth);
    }
    if (loop === undefined) this.dispatchTable();
    for (let block = first; block <= last; block++) {
      if (targets.includes(block)) {
        ops.close();
        this.labels.delete(block);
      }
      const child = children.find((l) => l.first === block);
      if (child === undefined) this.block(block);
      else {
        ops.open(Op.loop, VOID);
        this.heads.set(block, ops.depth);
        this.scope(child.first, child.last, child);
        ops.close();
        this.heads.delete(block);
        block = child.last;
      }
    }
    if (loop !== undefined) return;
    w.op(Op.unreachable);
  }

  /** Sends `next` to its block; all labels of the top scope are open. */
  private dispatchTable(): void {
    const { ops, w } = this;
    const depthOf = (block: number) => ops.depth - (this.labels.get(block) ?? 0);
    const [only] = this.plan.dispatched;
    if (this.plan.dispatched.size === 1) {
      w.br(depthOf(only));
      return;
    }
    const { length } = this.region.blocks;
    w.get(LOCAL_NEXT).op(Op.brTable).u32(length);
    for (let i = 0; i < length; i++) w.u32(depthOf(this.plan.dispatched.has(i) ? i : only));
    w.u32(depthOf(only));
  }

  private block(index: number): void {
    const { ops, w } = this;
    const block = this.region.blocks[index];
    ops.forgetComparison();
    const count = block.insns.length;
    if (count > 0) w.get(LOCAL_REMAINING).const(count).op(Op.sub).set(LOCAL_REMAINING);
    let pc = block.pc;
    for (const [i, insn] of block.insns.entries()) {
      this.instruction(insn, pc, count - i, index);
      pc = (pc + (this.region.isThumb ? 2 : 4)) | 0;
    }
    if (block.end.kind === "interpret") ops.exit(constantValue(block.nextPc), Exit.interpret, 0);
    else if (block.end.kind === "fall" || block.insns[count - 1].c !== ALWAYS) this.fallThrough(block.nextPc, index);
  }

  private instruction(insn: DecodedInsn, pc: number, untilBlockEnd: number, index: number): void {
    const isEscape = this.region.blocks[index].escapes.has(insn);
    const { ops } = this;
    const isConditional = insn.c !== ALWAYS;
    // Executions of a row are counted where its condition holds.
    if (isConditional && isPureComputation(insn) && this.options.countsRows !== true) {
      ops.instructionIf(insn, pc, untilBlockEnd);
      return;
    }
    if (isConditional) {
      ops.condition(insn.c);
      ops.open(Op.if, VOID);
    }
    const flagsBefore = ops.flagVersion;
    if (isEscape) ops.escape(pc, untilBlockEnd);
    else ops.instruction(insn, pc, untilBlockEnd);
    if (this.options.countsRows === true) this.countRow(insn.row);
    if (ops.changesMapping) this.exitIfUnmapped(pc, untilBlockEnd);
    if (ops.mayUnmask) ops.exitIfInterruptWaits();
    if (ops.branchTarget !== undefined) this.branch(ops.branchTarget, ops.isExchange, index);
    if (!isConditional) return;
    ops.close();
    if (ops.flagVersion !== flagsBefore) ops.forgetComparison();
  }

  /** After a change of domains or of the TLB the next instructions may be fetched from elsewhere, or not at all. */
  private exitIfUnmapped(pc: number, untilBlockEnd: number): void {
    const { ops, w } = this;
    this.pushIsUnmapped(pc & ~PAGE_OFFSET);
    w.hint(false);
    ops.open(Op.if, VOID);
    ops.exit(constantValue((pc + (this.region.isThumb ? 2 : 4)) | 0), Exit.next, untilBlockEnd - 1);
    ops.close();
  }

  private countRow(row: number): void {
    const address = ROW_COUNTS_OFFSET + row * 4;
    this.w.const(0).loadAt(address).const(1).op(Op.add).memory(Op.store, address, 2);
  }

  private fallThrough(pc: number, index: number): void {
    const next = this.plan.indexOf.get(pc);
    // The next block in order is the next code, also out of the end of a loop.
    if (next === index + 1) this.enterPage(pc, index);
    else this.goTo(pc, index);
  }

  private branch(target: Value, isExchange: boolean, index: number): void {
    const { ops, w } = this;
    if (target.constant !== undefined) {
      const local = this.plan.localTarget(target.constant, isExchange);
      if (local !== undefined) this.goTo(local, index);
      else this.exitExchange(target);
      return;
    }
    const thumbBit = isExchange && this.region.isThumb ? 1 : 0;
    for (const site of new Set(this.plan.returns)) {
      ops.pushValue(target);
      w.const(this.region.blocks[site].pc | thumbBit).op(Op.eq);
      ops.open(Op.if, VOID);
      this.goTo(this.region.blocks[site].pc, index);
      ops.close();
    }
    if (isExchange) this.exitExchange(target);
    else ops.exit(target, Exit.next, 0);
  }

  /** Leaves to an address whose bit 0 is the new state. */
  private exitExchange(target: Value): void {
    const { ops, w } = this;
    w.const(0);
    ops.pushValue(target);
    w.const(1).op(Op.and).memory(Op.store, stateAddress(FLAG_T), 2);
    // Bit 0 goes, and bit 1 too when bit 0 was clear.
    ops.pushValue(target);
    w.const(-2).op(Op.and);
    ops.pushValue(target);
    w.const(-1).op(Op.xor).const(1).op(Op.and).const(1).op(Op.shl).const(-1).op(Op.xor, Op.and);
    ops.exit(ops.popValue(), Exit.next, 0);
  }

  /** Control goes to an address: inside the region by a branch, else out of it. */
  private goTo(pc: number, from: number): void {
    const { ops, w } = this;
    const index = this.plan.indexOf.get(pc);
    if (index === undefined) {
      ops.exit(constantValue(pc), Exit.next, 0);
      return;
    }
    this.enterPage(pc, from);
    const label = this.labels.get(index);
    if (index > from && label !== undefined) {
      w.br(ops.depth - label);
      return;
    }
    w.get(LOCAL_REMAINING).const(this.plan.totalInstructions).op(Op.ltS).hint(false);
    ops.open(Op.if, VOID);
    ops.exit(constantValue(pc), Exit.budget, 0);
    ops.close();
    const head = this.heads.get(index);
    if (head !== undefined) {
      w.br(ops.depth - head);
      return;
    }
    w.const(index).set(LOCAL_NEXT);
    w.br(ops.depth - this.dispatchLevel);
  }

  /** Loads what the region uses, and refuses at once when the slice is too short for it. */
  private header(): WasmWriter {
    const w = scratch[1].clear();
    w.loadAt(stateAddress(REMAINING))
      .tee(LOCAL_REMAINING)
      .const(this.plan.totalInstructions)
      .op(Op.ltS)
      .hint(false)
      .op(Op.if, VOID);
    w.const(Exit.budget).op(Op.return, Op.end);
    w.loadAt(stateAddress(TLB_BANK_WORD)).set(LOCAL_BANK);
    for (const n of this.ops.touched) w.loadAt(stateAddress(n)).set(REGISTER_LOCAL + n);
    w.const(0).loadAt(stateAddress(FLAG_N)).op(Op.sub).set(LOCAL_N);
    w.loadAt(stateAddress(FLAG_Z)).op(Op.eqz).set(LOCAL_Z);
    w.loadAt(stateAddress(FLAG_C)).set(LOCAL_C);
    w.const(0).loadAt(stateAddress(FLAG_V)).op(Op.sub).set(LOCAL_V);
    return w;
  }

  /**
   * Leaves before control comes to another page that is mapped otherwise than when its code was taken, or not yet: only that
   * of the entry is sure.
   */
  private enterPage(pc: number, from: number): void {
    const { ops, w } = this;
    const page = pc & ~PAGE_OFFSET;
    if (page === (this.region.blocks[from].pc & ~PAGE_OFFSET)) return;
    this.pushIsUnmapped(page);
    w.hint(false);
    ops.open(Op.if, VOID);
    w.const(page).const(KIND_FETCH).call(LOOK_UP_FUNCTION);
    w.const(this.frameOf(page) << 12)
      .op(Op.ne)
      .hint(false);
    ops.open(Op.if, VOID);
    ops.exit(constantValue(pc), Exit.next, 0);
    ops.close();
    ops.close();
  }

  private frameOf(page: number): number {
    return this.region.pages.get(page) ?? 0;
  }

  /** On the stack: not zero when the page is not in the TLB with the frame its code was taken from. */
  private pushIsUnmapped(page: number): void {
    const { w } = this;
    const entry = ((page >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS * 4;
    w.get(LOCAL_BANK)
      .memory(Op.load, entry + TAG_EXECUTE * 4, 2)
      .const(page)
      .op(Op.xor);
    w.get(LOCAL_BANK).memory(Op.load, entry + ADDEND * 4, 2);
    w.const(((this.frameOf(page) << 12) - page) | 0).op(Op.xor, Op.or);
  }

  /** Stores what the region changed. */
  private footer(): WasmWriter {
    const w = scratch[2].clear();
    const store = (word: number, push: () => void): void => {
      w.const(0);
      push();
      w.memory(Op.store, stateAddress(word), 2);
    };
    for (const n of this.ops.written) store(n, () => w.get(REGISTER_LOCAL + n));
    if (this.ops.flagVersion > 0) {
      store(FLAG_N, () => w.get(LOCAL_N).const(31).op(Op.shrU));
      store(FLAG_Z, () => w.get(LOCAL_Z).op(Op.eqz));
      store(FLAG_C, () => w.get(LOCAL_C));
      store(FLAG_V, () => w.get(LOCAL_V).const(31).op(Op.shrU));
    }
    store(PC, () => w.get(LOCAL_EXIT_PC));
    store(REMAINING, () => w.get(LOCAL_REMAINING));
    w.get(LOCAL_EXIT_REASON);
    return w;
  }
}

export interface CompiledRegion {
  readonly body: FunctionBody;
  /** Address to block number, of every place where the function may be entered. */
  readonly entries: ReadonlyMap<number, number>;
}

export interface CompileOptions extends CoreView {
  /** The code counts what it executes by row, at `ROW_COUNTS_OFFSET`. */
  readonly countsRows?: boolean;
}

/** The wasm function of a region; it takes the block to enter. */
export function compileRegion(region: Region, options: CompileOptions): CompiledRegion {
  const compiler = new RegionCompiler(region, options);
  return { body: compiler.compile(), entries: compiler.entries };
}

/** A module of regions' functions; `memoryPages` is the size of the host memory in pages of 64 KiB. */
export function regionModule(functions: readonly FunctionBody[], memoryPages: number): Uint8Array {
  const types = [
    { params: [I32, I32], results: [I32] },
    { params: [I32], results: [I32] },
  ];
  return wasmModule({ types, imports: [{ name: "lookUp", type: 0 }], type: REGION_TYPE, functions }, memoryPages);
}
