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
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { MODE, Mode, PC, REMAINING } from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { rows } from "../decode/index.ts";
import {
  Exit,
  FIRST_TEMPORARY,
  LOCAL_EXIT_PC,
  LOCAL_EXIT_REASON,
  LOCAL_REMAINING,
  REGISTER_LOCAL,
} from "./locals.table.ts";
import { branch, DISPATCH_LABEL, JUMP_LABEL, jump, LAND_LABEL, land, leaveAtEnd, next } from "./template-flow.ts";
import { loadLocals, storeLocals, UseNote } from "./template-locals.ts";
import { LOCAL_HANDLER, LOCAL_PC, LOCAL_RECORD, LOCAL_TARGET, STAND_INS, TemplateOps } from "./template-ops.ts";
import { parametersOf, SLOT_SECOND, shapeKey } from "./template-shape.ts";
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

const ALWAYS = 14;
const CONDITIONS = 14;
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
    loadLocals(ops, note);
    const isConditional = rows[insn.row].semantic === "b" && insn.c !== ALWAYS;
    if (isConditional) {
      ops.condition(insn.c);
      ops.open(Op.if);
    }
    ops.instruction(ops.withStandIns(insn, parametersOf(rows[insn.row])), 0, 1);
    if (ops.needsInterpreter) return;
    storeLocals(ops, note);
    if (ops.changesMapping) {
      ops.retire();
      ops.w.get(LOCAL_PC).const(4).op(Op.add).set(LOCAL_TARGET);
      leaveAtEnd(ops);
      ops.w.br(ops.depth - LAND_LABEL);
    } else if (ops.branchTarget !== undefined) branch(ops, ops.isExchange);
    else {
      if (ops.mayUnmask) ops.exitIfInterruptWaits();
      next(ops);
    }
    if (!isConditional) return;
    ops.close();
    next(ops);
  }

  private condition(code: number): Piece {
    const note = new UseNote();
    this.opsFor(note, true).condition(code);
    return (ops) => {
      const { w } = ops;
      loadLocals(ops, note);
      ops.condition(code);
      ops.open(Op.if);
      w.get(LOCAL_RECORD)
        .memory(Op.load16u, SLOT_SECOND, 1)
        .set(LOCAL_HANDLER)
        .br(ops.depth - DISPATCH_LABEL);
      ops.close();
      next(ops);
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
    jump(ops);
    ops.close();
    land(ops);
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
}
