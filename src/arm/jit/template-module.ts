/**
 * The template interpreter: one wasm function with a piece of code for each template, which goes from record to record.
 *
 * It needs neither warming up nor compiling for the code it runs, so it is the tier for what runs a few times. What the
 * templates cannot do leaves the function before the instruction, as in compiled regions.
 *
 * The function is one loop around a table of jumps. V8 computes what several pieces have in common in front of the table, at
 * every instruction, and keeps what lives on in the stack; so registers and flags lie in memory, where nothing is taken for
 * common, and only record, PC and count of instructions are locals that live on.
 */
import { CPU_STATE_OFFSET, FRAME_RECORDS_OFFSET, HEAT_OFFSET } from "../../memory/index.ts";
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
  LOCAL_PC,
  LOCAL_RECORD,
  LOCAL_TARGET,
  STAND_INS,
  TemplateOps,
} from "./template-ops.ts";
import { HEAT_ENTRIES, parametersOf, RECORD_BYTES, SLOT_SECOND, shapeKey } from "./template-shape.ts";
import { KIND_FETCH, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import type { CoreView } from "./wasm-ops.ts";
import { functionBody, I32, I64, type MemoryLimits, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

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
} as const;

const DISPATCH_LABEL = 3;
const LAND_LABEL = 4;
const JUMP_LABEL = 5;
const ALWAYS = 14;
const CONDITIONS = 14;
const TLB_INDEX_SHIFT = 12 - Math.log2(ENTRY_WORDS * 4);
const TLB_INDEX_MASK = (TLB_ENTRIES - 1) * ENTRY_WORDS * 4;
const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** Words of the state that pieces have in locals while they run: how they are loaded and stored. */
interface StateLocal {
  load(w: WasmWriter): void;
  readonly word: number;
  /** Without it, whoever sets the local stores it too. */
  store?(w: WasmWriter): void;
}

const signLocal = (local: number, word: number): StateLocal => ({
  word,
  load: (w) => w.const(0).loadAt(stateAddress(word)).op(Op.sub),
  store: (w) => w.get(local).const(31).op(Op.shrU),
});
const STATE_LOCALS: ReadonlyMap<number, StateLocal> = new Map([
  [LOCAL_N, signLocal(LOCAL_N, FLAG_N)],
  [LOCAL_V, signLocal(LOCAL_V, FLAG_V)],
  [LOCAL_C, { word: FLAG_C, load: (w) => w.loadAt(stateAddress(FLAG_C)), store: (w) => w.get(LOCAL_C) }],
  [
    LOCAL_Z,
    {
      word: FLAG_Z,
      load: (w) => w.loadAt(stateAddress(FLAG_Z)).op(Op.eqz),
      store: (w) => w.get(LOCAL_Z).op(Op.eqz),
    },
  ],
  [LOCAL_BANK, { word: TLB_BANK_WORD, load: (w) => w.loadAt(stateAddress(TLB_BANK_WORD)) }],
]);

/** Which of these locals a piece reads and writes. */
class UseNote extends WasmWriter {
  readonly read = new Set<number>();
  readonly written = new Set<number>();

  override get(local: number): this {
    this.read.add(local);
    return super.get(local);
  }

  override set(local: number): this {
    this.written.add(local);
    return super.set(local);
  }
}

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
  build(samples: Iterable<DecodedInsn>, memoryPages: MemoryLimits): TemplateProgram {
    const handlers = new Map<number, number>();
    const endings: number[] = [Handler.undecoded, Handler.interpret];
    this.pieces.push(
      (ops) => ops.leave(Exit.undecoded),
      (ops) => ops.leave(Exit.interpret),
      (ops) =>
        ops.w
          .loadAt(stateAddress(PC))
          .set(LOCAL_TARGET)
          .br(ops.depth - LAND_LABEL),
      (ops) =>
        ops.w
          .get(LOCAL_PC)
          .set(LOCAL_TARGET)
          .br(ops.depth - LAND_LABEL),
    );
    for (let code = 0; code < CONDITIONS; code++) this.pieces.push(this.condition(code));
    for (const insn of samples) {
      const key = shapeKey(rows[insn.row], insn.raw);
      if (handlers.has(key)) continue;
      const template = this.template(insn);
      if (template === undefined) continue;
      handlers.set(key, this.pieces.length);
      if (template.isEnding) endings.push(this.pieces.length);
      this.pieces.push(template.write);
    }
    const isEnding = new Uint8Array(this.pieces.length);
    for (const handler of endings) isEnding[handler] = 1;
    return { bytes: this.module(memoryPages), handlers, endings: isEnding };
  }

  private opsFor(writer: WasmWriter, isPrivileged: boolean, standIns = STAND_INS[0]): TemplateOps {
    const ops = new TemplateOps(writer, { ...this.core, isPrivileged }, standIns);
    ops.depth = JUMP_LABEL;
    return ops;
  }

  /** The code of an instruction's shape; `undefined` when it needs the interpreter always. */
  private template(insn: DecodedInsn): Template | undefined {
    const trials = STAND_INS.map((standIns) => this.opsFor(new UseNote(), true, standIns));
    const [first, second] = trials.map((ops) => this.trial(ops, insn));
    if (first === undefined || second === undefined) return undefined;
    if (!first.equals(second)) {
      const { name } = rows[insn.row];
      throw new Error(`assertion failed: ${name} computes with a field that its template takes from the record`);
    }
    const isForAll = this.trial(this.opsFor(new WasmWriter(), false), insn)?.equals(first) === true;
    const note = trials[0].w as UseNote;
    const write = (ops: TemplateOps): void => {
      if (!isForAll) this.requirePrivilege(ops);
      this.instruction(ops, insn, note);
    };
    return { write, isEnding: trials[0].branchTarget !== undefined };
  }

  private trial(ops: TemplateOps, insn: DecodedInsn): Buffer | undefined {
    this.instruction(ops, insn, undefined);
    return ops.needsInterpreter ? undefined : Buffer.from(ops.w.bytes);
  }

  private requirePrivilege(ops: TemplateOps): void {
    ops.w.loadAt(stateAddress(MODE)).const(Mode.usr).op(Op.eq).hint(false);
    ops.open(Op.if);
    ops.leave(Exit.interpret);
    ops.close();
  }

  /**
   * Only a direct branch tests its condition itself; others have a handler before them.
   *
   * @param note what the same code read and wrote in a trial; `undefined` in the trial
   */
  private instruction(ops: TemplateOps, insn: DecodedInsn, note: UseNote | undefined): void {
    this.loadLocals(ops, note);
    const isConditional = rows[insn.row].semantic === "b" && insn.c !== ALWAYS;
    if (isConditional) {
      ops.condition(insn.c);
      ops.open(Op.if);
    }
    ops.instruction(ops.withStandIns(insn, parametersOf(rows[insn.row])), 0, 1);
    if (ops.needsInterpreter) return;
    this.storeLocals(ops, note);
    if (ops.changesMapping) {
      ops.retire();
      ops.w
        .get(LOCAL_PC)
        .const(4)
        .op(Op.add)
        .set(LOCAL_TARGET)
        .br(ops.depth - LAND_LABEL);
    } else if (ops.branchTarget !== undefined) this.branch(ops, ops.isExchange);
    else {
      if (ops.mayUnmask) ops.exitIfInterruptWaits();
      this.next(ops);
    }
    if (!isConditional) return;
    ops.close();
    this.next(ops);
  }

  private loadLocals({ w }: TemplateOps, note: UseNote | undefined): void {
    for (const [local, { load }] of STATE_LOCALS) {
      if (note?.read.has(local) !== true) continue;
      load(w);
      w.set(local);
    }
  }

  private storeLocals({ w }: TemplateOps, note: UseNote | undefined): void {
    for (const [local, { word, store }] of STATE_LOCALS) {
      if (store === undefined || note?.written.has(local) !== true) continue;
      w.const(0);
      store(w);
      w.memory(Op.store, stateAddress(word), 2);
    }
  }

  private next(ops: TemplateOps): void {
    const { w } = ops;
    w.get(LOCAL_PC).const(4).op(Op.add).set(LOCAL_PC);
    w.get(LOCAL_RECORD).const(RECORD_BYTES).op(Op.add).tee(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
    w.get(LOCAL_REMAINING)
      .const(1)
      .op(Op.sub)
      .tee(LOCAL_REMAINING)
      .hint(true)
      .brIf(ops.depth - DISPATCH_LABEL);
    w.br(ops.depth - EXIT_LABEL);
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

  private condition(code: number): Piece {
    const note = new UseNote();
    this.opsFor(note, true).condition(code);
    return (ops) => {
      const { w } = ops;
      this.loadLocals(ops, note);
      ops.condition(code);
      ops.open(Op.if);
      w.get(LOCAL_RECORD)
        .memory(Op.load16u, SLOT_SECOND, 1)
        .set(LOCAL_HANDLER)
        .br(ops.depth - DISPATCH_LABEL);
      ops.close();
      this.next(ops);
    };
  }

  private module(memoryPages: MemoryLimits): Uint8Array {
    const { w, pieces } = this;
    const ops = this.opsFor(w, true);
    ops.depth = 0;
    w.get(0).tee(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
    w.loadAt(stateAddress(REMAINING)).set(LOCAL_REMAINING);
    ops.open(Op.block, VOID);
    ops.open(Op.block, VOID);
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
    this.jump(ops);
    ops.close();
    this.land(ops);
    ops.close();
    w.op(Op.unreachable);
    ops.close();
    w.get(LOCAL_PC).set(LOCAL_EXIT_PC);
    ops.close();
    w.const(0).get(LOCAL_EXIT_PC).memory(Op.store, stateAddress(PC), 2);
    w.const(0).get(LOCAL_REMAINING).memory(Op.store, stateAddress(REMAINING), 2);
    w.get(LOCAL_EXIT_REASON);
    const words = FIRST_TEMPORARY - REGISTER_LOCAL + ops.extraLocals;
    const locals = [
      { count: 2, type: I64 },
      { count: words, type: I32 },
    ];
    const types = [
      { params: [I32, I32], results: [I32] },
      { params: [I32], results: [I32] },
    ];
    const imports = [{ name: "lookUp", type: 0 }];
    const functions = [functionBody({ locals, code: [w] })];
    return wasmModule({ types, imports, type: 1, functions }, memoryPages);
  }

  /** A jump is counted by its target, and a hot one leaves this function; within the page it is one of records. */
  private jump(ops: TemplateOps): void {
    const { w } = ops;
    this.leaveAtEnd(ops);
    w.get(LOCAL_TARGET).const(1).op(Op.shrU).get(LOCAL_TARGET).const(17).op(Op.shrU, Op.xor);
    w.loadAt(stateAddress(HEAT_FLAVOUR_WORD))
      .op(Op.xor)
      .const(HEAT_ENTRIES - 1)
      .op(Op.and);
    w.const(1).op(Op.shl).tee(LOCAL_ENTRY).memory(Op.load16u, HEAT_OFFSET, 1).tee(LOCAL_HEAT);
    w.loadAt(stateAddress(HEAT_LIMIT_WORD)).op(Op.geU).hint(false);
    ops.open(Op.if);
    this.leaveAtTarget(ops, Exit.hot);
    ops.close();
    w.get(LOCAL_ENTRY).get(LOCAL_HEAT).const(1).op(Op.add).memory(Op.store16, HEAT_OFFSET, 1);
    w.get(LOCAL_TARGET).get(LOCAL_PC).op(Op.xor).const(~0xfff).op(Op.and).hint(false);
    w.brIf(ops.depth - LAND_LABEL);
    w.get(LOCAL_RECORD).get(LOCAL_TARGET).get(LOCAL_PC).op(Op.sub);
    w.const(RECORD_BYTES / 4)
      .op(Op.mul, Op.add)
      .set(LOCAL_RECORD);
    this.dispatchTarget(ops);
  }

  /** The slice may be over; PC is `target` then. */
  private leaveAtEnd(ops: TemplateOps): void {
    ops.w.get(LOCAL_REMAINING).op(Op.eqz).hint(false);
    ops.open(Op.if);
    this.leaveAtTarget(ops, Exit.next);
    ops.close();
  }

  private leaveAtTarget(ops: TemplateOps, reason: number): void {
    ops.w.const(reason).set(LOCAL_EXIT_REASON);
    ops.w
      .get(LOCAL_TARGET)
      .set(LOCAL_EXIT_PC)
      .br(ops.depth - EXIT_AT_LABEL);
  }

  private dispatchTarget(ops: TemplateOps): void {
    const { w } = ops;
    w.get(LOCAL_TARGET).set(LOCAL_PC);
    w.get(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
    w.get(LOCAL_REMAINING)
      .hint(true)
      .brIf(ops.depth - DISPATCH_LABEL);
    w.br(ops.depth - EXIT_LABEL);
  }

  /** Finds the record of `target` by the TLB. */
  private land(ops: TemplateOps): void {
    const { w } = ops;
    w.get(LOCAL_TARGET).const(TLB_INDEX_SHIFT).op(Op.shrU).const(TLB_INDEX_MASK).op(Op.and);
    w.loadAt(stateAddress(TLB_BANK_WORD))
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
    w.get(LOCAL_TARGET).const(0xffc).op(Op.and);
    w.const(RECORD_BYTES / 4)
      .op(Op.mul)
      .get(LOCAL_HOST)
      .op(Op.add)
      .set(LOCAL_RECORD);
    this.dispatchTarget(ops);
  }
}
