/**
 * The template interpreter: one wasm function with a piece of code for each template, which goes from record to record.
 *
 * It needs neither warming up nor compiling for the code it runs, so it is the tier for what runs a few times. Registers
 * stay in memory; flags, the record and the count of instructions are locals. What the templates cannot do leaves the
 * function before the instruction, as in compiled regions.
 */
import {
  CPU_STATE_OFFSET,
  FRAME_RECORDS_OFFSET,
  HEAT_OFFSET,
  RECORDS_OFFSET,
  SECOND_HANDLERS_OFFSET,
} from "../../memory/index.ts";
import {
  ADDEND,
  ENTRY_WORDS,
  FLAG_C,
  FLAG_N,
  FLAG_T,
  FLAG_V,
  FLAG_Z,
  MODE,
  Mode,
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
  LOCAL_ENTRY,
  LOCAL_EXIT_PC,
  LOCAL_EXIT_REASON,
  LOCAL_HOST,
  LOCAL_N,
  LOCAL_REMAINING,
  LOCAL_V,
  LOCAL_Z,
  REGISTER_LOCAL,
} from "./locals.table.ts";
import { HEAT_FLAVOUR_WORD, HEAT_LIMIT_WORD, TLB_BANK_WORD } from "./look-up.ts";
import {
  EXIT_AT_LABEL,
  EXIT_LABEL,
  LOCAL_HANDLER,
  LOCAL_HEAT,
  LOCAL_PAGE,
  LOCAL_PC_BASE,
  LOCAL_RECORD,
  LOCAL_TARGET,
  STAND_INS,
  TemplateOps,
} from "./template-ops.ts";
import { HEAT_ENTRIES, parametersOf, shapeKey } from "./template-shape.ts";
import { KIND_FETCH, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import type { CoreView } from "./wasm-ops.ts";
import { functionBody, I32, I64, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

/** Numbers of the pieces of code that are no templates. */
export const Handler = {
  /** Nothing is known of the instruction. */
  undecoded: 0,
  /** The interpreter does it. */
  interpret: 1,
  /** Of a record outside of all pages: begins at PC. */
  enter: 2,
  /** Behind the last record of a page. */
  pageEnd: 3,
  /** 4 .. 17: tests condition 0 .. 13; the second handler does the instruction. */
  condition: 4,
  firstTemplate: 18,
} as const;
/** A second handler lies at this address and a quarter of the record's. */
export const SECOND_HANDLER_BASE = SECOND_HANDLERS_OFFSET - RECORDS_OFFSET / 4;

const NEXT_LABEL = 3;
const DISPATCH_LABEL = 4;
const LAND_LABEL = 5;
const JUMP_LABEL = 6;
const ALWAYS = 14;
const CONDITIONS = 14;
/** Virtual page that none is. */
const NO_PAGE = 1;
const TLB_INDEX_SHIFT = 12 - Math.log2(ENTRY_WORDS * 4);
const TLB_INDEX_MASK = (TLB_ENTRIES - 1) * ENTRY_WORDS * 4;
const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** Writes a piece of the function. */
type Piece = (ops: TemplateOps) => void;

interface Template {
  readonly write: Piece;
  readonly isEnding: boolean;
}

export interface TemplateProgram {
  /** A module that exports the function `f0(record): reason`; it imports the memory and `lookUp`. */
  readonly bytes: Uint8Array;
  /** Number of the template by shape. */
  readonly handlers: ReadonlyMap<number, number>;
  /** By number of the handler: not zero when control may go elsewhere after the instruction. */
  readonly endings: Uint8Array;
}

export class TemplateModule {
  private readonly core: Omit<CoreView, "isPrivileged">;
  private readonly w = new WasmWriter(1 << 16);
  private readonly pieces: Piece[] = [];

  constructor(core: Omit<CoreView, "isPrivileged">) {
    this.core = core;
  }

  /** @param samples an instruction of each shape that gets a template */
  build(samples: Iterable<DecodedInsn>, memoryPages: { readonly min: number; readonly max: number }): TemplateProgram {
    const handlers = new Map<number, number>();
    const endings: number[] = [Handler.undecoded, Handler.interpret];
    this.pieces.push(
      (ops) => ops.leave(Exit.undecoded),
      (ops) => ops.leave(Exit.interpret),
      (ops) => this.enter(ops),
      (ops) => this.land(ops, 0),
    );
    for (let code = 0; code < CONDITIONS; code++) this.pieces.push((ops) => this.condition(ops, code));
    for (const insn of samples) {
      const key = shapeKey(rows[insn.row], insn.raw);
      if (handlers.has(key)) continue;
      const piece = this.template(insn);
      if (piece === undefined) continue;
      handlers.set(key, this.pieces.length);
      if (piece.isEnding) endings.push(this.pieces.length);
      this.pieces.push(piece.write);
    }
    const isEnding = new Uint8Array(this.pieces.length);
    for (const handler of endings) isEnding[handler] = 1;
    return { bytes: this.module(memoryPages), handlers, endings: isEnding };
  }

  /** The code of an instruction's shape; `undefined` when it needs the interpreter always. */
  private template(insn: DecodedInsn): Template | undefined {
    const privileged = { ...this.core, isPrivileged: true };
    const trials = STAND_INS.map((standIns) => new TemplateOps(new WasmWriter(), privileged, standIns));
    const [first, second] = trials.map((ops) => this.trial(ops, insn));
    if (first === undefined || second === undefined) return undefined;
    if (!first.equals(second)) {
      throw new Error(
        `assertion failed: ${rows[insn.row].name} computes with a field that its template takes from the record`,
      );
    }
    const user = this.trial(
      new TemplateOps(new WasmWriter(), { ...this.core, isPrivileged: false }, STAND_INS[0]),
      insn,
    );
    const isForAll = user?.equals(first) === true;
    const write = (ops: TemplateOps): void => {
      if (!isForAll) this.requirePrivilege(ops);
      this.instruction(ops, insn);
    };
    return { write, isEnding: trials[0].branchTarget !== undefined };
  }

  private trial(ops: TemplateOps, insn: DecodedInsn): Buffer | undefined {
    ops.depth = JUMP_LABEL;
    this.instruction(ops, insn);
    return ops.needsInterpreter ? undefined : Buffer.from(ops.w.bytes);
  }

  private requirePrivilege(ops: TemplateOps): void {
    ops.w.loadAt(stateAddress(MODE)).const(Mode.usr).op(Op.eq).hint(false);
    ops.open(Op.if);
    ops.leave(Exit.interpret);
    ops.close();
  }

  /** Only a direct branch tests its condition itself; others have a handler before them. */
  private instruction(ops: TemplateOps, insn: DecodedInsn): void {
    const isConditional = rows[insn.row].semantic === "b" && insn.c !== ALWAYS;
    if (isConditional) {
      ops.condition(insn.c);
      ops.open(Op.if);
    }
    ops.instruction(ops.withStandIns(insn, parametersOf(rows[insn.row])), 0, 1);
    if (ops.needsInterpreter) return;
    if (ops.changesDomains) this.landAfter(ops);
    else if (ops.branchTarget !== undefined) this.branch(ops, ops.isExchange);
    else {
      if (ops.mayUnmask) ops.exitIfInterruptWaits();
      this.next(ops);
    }
    if (!isConditional) return;
    ops.close();
    this.next(ops);
  }

  private next(ops: TemplateOps): void {
    ops.w.get(LOCAL_RECORD).const(8).op(Op.add).set(LOCAL_RECORD);
    ops.w
      .get(LOCAL_REMAINING)
      .const(1)
      .op(Op.sub)
      .tee(LOCAL_REMAINING)
      .hint(true)
      .brIf(ops.depth - NEXT_LABEL);
    ops.w.br(ops.depth - EXIT_LABEL);
  }

  /** Goes on at the next instruction's page as it is mapped now. */
  private landAfter(ops: TemplateOps): void {
    ops.retire();
    ops.w.const(NO_PAGE).set(LOCAL_PAGE);
    this.land(ops, 4);
  }

  private land(ops: TemplateOps, offset: number): void {
    ops.pushValue(ops.pcValue(offset));
    ops.w.set(LOCAL_TARGET).br(ops.depth - LAND_LABEL);
  }

  private enter(ops: TemplateOps): void {
    ops.w
      .loadAt(stateAddress(PC))
      .set(LOCAL_TARGET)
      .br(ops.depth - LAND_LABEL);
  }

  private branch(ops: TemplateOps, isExchange: boolean): void {
    const { w } = ops;
    const target = ops.branchTarget;
    if (target === undefined) return;
    ops.retire();
    if (isExchange) {
      ops.pushValue(target);
      w.const(1).op(Op.and).hint(false);
      ops.open(Op.if);
      w.const(0).const(1).memory(Op.store, stateAddress(FLAG_T), 2);
      ops.pushValue(target);
      w.const(~1)
        .op(Op.and)
        .set(LOCAL_EXIT_PC)
        .br(ops.depth - EXIT_AT_LABEL);
      ops.close();
    }
    ops.pushValue(target);
    w.const(~3)
      .op(Op.and)
      .set(LOCAL_TARGET)
      .br(ops.depth - JUMP_LABEL);
  }

  private condition(ops: TemplateOps, code: number): void {
    const { w } = ops;
    ops.condition(code);
    ops.open(Op.if);
    w.get(LOCAL_RECORD).const(2).op(Op.shrU).memory(Op.load16u, SECOND_HANDLER_BASE, 1).set(LOCAL_HANDLER);
    w.br(ops.depth - DISPATCH_LABEL);
    ops.close();
    this.next(ops);
  }

  private module(memoryPages: { readonly min: number; readonly max: number }): Uint8Array {
    const { w, pieces } = this;
    const ops = new TemplateOps(w, { ...this.core, isPrivileged: true }, STAND_INS[0]);
    w.get(0).set(LOCAL_RECORD);
    w.const(NO_PAGE).set(LOCAL_PAGE);
    this.loadState();
    ops.open(Op.block, VOID);
    ops.open(Op.block, VOID);
    ops.open(Op.loop, VOID);
    w.get(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
    ops.open(Op.loop, VOID);
    ops.open(Op.block, VOID);
    ops.open(Op.block, VOID);
    for (const _ of pieces) ops.open(Op.block, VOID);
    w.get(LOCAL_HANDLER)
      .op(Op.brTable)
      .u32(pieces.length - 1);
    for (let i = 0; i < pieces.length; i++) w.u32(i);
    for (const piece of pieces) {
      ops.close();
      piece(ops);
    }
    ops.close();
    this.countJump(ops);
    ops.close();
    this.landing(ops);
    ops.close();
    ops.close();
    w.op(Op.unreachable);
    ops.close();
    ops.pushValue(ops.pcValue(0));
    w.set(LOCAL_EXIT_PC);
    ops.close();
    this.storeState();
    const words = FIRST_TEMPORARY - REGISTER_LOCAL + ops.extraLocals;
    const locals = [
      { count: 2, type: I64 },
      { count: words, type: I32 },
    ];
    return wasmModule(
      {
        types: [
          { params: [I32, I32], results: [I32] },
          { params: [I32], results: [I32] },
        ],
        imports: [{ name: "lookUp", type: 0 }],
        type: 1,
        functions: [functionBody({ locals, code: [w] })],
      },
      memoryPages,
    );
  }

  /** A jump is counted by its target; at a hot one this function is left. */
  private countJump(ops: TemplateOps): void {
    const { w } = ops;
    w.get(LOCAL_TARGET).const(1).op(Op.shrU).get(LOCAL_TARGET).const(17).op(Op.shrU, Op.xor);
    w.loadAt(stateAddress(HEAT_FLAVOUR_WORD))
      .op(Op.xor)
      .const(HEAT_ENTRIES - 1)
      .op(Op.and)
      .const(1)
      .op(Op.shl)
      .tee(LOCAL_ENTRY);
    w.memory(Op.load16u, HEAT_OFFSET, 1).tee(LOCAL_HEAT).loadAt(stateAddress(HEAT_LIMIT_WORD)).op(Op.geU).hint(false);
    ops.open(Op.if);
    this.leaveAtTarget(ops, Exit.hot);
    ops.close();
    w.get(LOCAL_ENTRY).get(LOCAL_HEAT).const(1).op(Op.add).memory(Op.store16, HEAT_OFFSET, 1);
  }

  private leaveAtTarget(ops: TemplateOps, reason: number): void {
    ops.w.const(reason).set(LOCAL_EXIT_REASON);
    ops.w
      .get(LOCAL_TARGET)
      .set(LOCAL_EXIT_PC)
      .br(ops.depth - EXIT_AT_LABEL);
  }

  /** Finds the record of `target`. */
  private landing(ops: TemplateOps): void {
    const { w } = ops;
    w.get(LOCAL_REMAINING).op(Op.eqz).hint(false);
    ops.open(Op.if);
    w.get(LOCAL_TARGET)
      .set(LOCAL_EXIT_PC)
      .br(ops.depth - EXIT_AT_LABEL);
    ops.close();
    w.get(LOCAL_TARGET).const(~0xfff).op(Op.and).get(LOCAL_PAGE).op(Op.eq).hint(true);
    ops.open(Op.if);
    w.get(LOCAL_TARGET).get(LOCAL_PC_BASE).op(Op.sub).const(1).op(Op.shl).set(LOCAL_RECORD);
    w.br(ops.depth - NEXT_LABEL);
    ops.close();
    w.get(LOCAL_TARGET).const(TLB_INDEX_SHIFT).op(Op.shrU).const(TLB_INDEX_MASK).op(Op.and);
    w.get(LOCAL_BANK)
      .op(Op.add)
      .tee(LOCAL_ENTRY)
      .memory(Op.load, TAG_EXECUTE * 4, 2);
    w.get(LOCAL_TARGET).const(~0xfff).op(Op.and, Op.ne).hint(false);
    ops.open(Op.if);
    w.get(LOCAL_TARGET).const(KIND_FETCH).call(LOOK_UP_FUNCTION).const(0).op(Op.ltS).hint(false);
    ops.open(Op.if);
    this.leaveAtTarget(ops, Exit.unfetchable);
    ops.close();
    ops.close();
    w.get(LOCAL_TARGET)
      .get(LOCAL_ENTRY)
      .memory(Op.load, ADDEND * 4, 2)
      .op(Op.add)
      .const(12)
      .op(Op.shrU);
    w.const(2).op(Op.shl).memory(Op.load, FRAME_RECORDS_OFFSET, 2).tee(LOCAL_HOST).op(Op.eqz).hint(false);
    ops.open(Op.if);
    this.leaveAtTarget(ops, Exit.undecoded);
    ops.close();
    w.get(LOCAL_TARGET).const(~0xfff).op(Op.and).tee(LOCAL_PAGE);
    w.get(LOCAL_HOST).const(1).op(Op.shrU, Op.sub).set(LOCAL_PC_BASE);
    w.get(LOCAL_TARGET).const(0xfff).op(Op.and).const(1).op(Op.shl).get(LOCAL_HOST).op(Op.add).set(LOCAL_RECORD);
    w.br(ops.depth - NEXT_LABEL);
  }

  private loadState(): void {
    const { w } = this;
    w.loadAt(stateAddress(REMAINING)).set(LOCAL_REMAINING);
    w.loadAt(stateAddress(TLB_BANK_WORD)).set(LOCAL_BANK);
    w.const(0).loadAt(stateAddress(FLAG_N)).op(Op.sub).set(LOCAL_N);
    w.loadAt(stateAddress(FLAG_Z)).op(Op.eqz).set(LOCAL_Z);
    w.loadAt(stateAddress(FLAG_C)).set(LOCAL_C);
    w.const(0).loadAt(stateAddress(FLAG_V)).op(Op.sub).set(LOCAL_V);
  }

  private storeState(): void {
    const { w } = this;
    w.const(0).get(LOCAL_N).const(31).op(Op.shrU).memory(Op.store, stateAddress(FLAG_N), 2);
    w.const(0).get(LOCAL_Z).op(Op.eqz).memory(Op.store, stateAddress(FLAG_Z), 2);
    w.const(0).get(LOCAL_C).memory(Op.store, stateAddress(FLAG_C), 2);
    w.const(0).get(LOCAL_V).const(31).op(Op.shrU).memory(Op.store, stateAddress(FLAG_V), 2);
    w.const(0).get(LOCAL_EXIT_PC).memory(Op.store, stateAddress(PC), 2);
    w.const(0).get(LOCAL_REMAINING).memory(Op.store, stateAddress(REMAINING), 2);
    w.get(LOCAL_EXIT_REASON);
  }
}
