/**
 * Flags and TLB bank in templates: each piece of code takes from the state what it reads and puts back what it wrote, as a
 * trial of the same code has shown.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { FLAG_C, FLAG_N, FLAG_V, FLAG_Z } from "../core/index.ts";
import { LOCAL_BANK, LOCAL_C, LOCAL_N, LOCAL_V, LOCAL_Z } from "./locals.table.ts";
import { TLB_BANK_WORD } from "./look-up.ts";
import type { TemplateOps } from "./template-ops.ts";
import { Op, WasmWriter } from "./wasm-writer.ts";

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
export class UseNote extends WasmWriter {
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

/** @param note what the piece reads and writes; `undefined` in the trial that finds it out */
export function loadLocals({ w }: TemplateOps, note: UseNote | undefined): void {
  for (const [local, { load }] of STATE_LOCALS) {
    if (note?.read.has(local) !== true) continue;
    load(w);
    w.set(local);
  }
}

export function storeLocals({ w }: TemplateOps, note: UseNote | undefined): void {
  for (const [local, { word, store }] of STATE_LOCALS) {
    if (store === undefined || note?.written.has(local) !== true) continue;
    w.const(0);
    store(w);
    w.memory(Op.store, stateAddress(word), 2);
  }
}
