import { describe, expect, it } from "vitest";
import { LOCAL_C, LOCAL_N, LOCAL_Z } from "../../../src/arm/jit/locals.table.ts";
import { loadLocals, storeLocals, UseNote } from "../../../src/arm/jit/template-locals.ts";
import { STAND_INS, TemplateOps } from "../../../src/arm/jit/template-ops.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { core } from "./given-code.ts";

const opsOf = () => new TemplateOps(new WasmWriter(), core, STAND_INS[0]);

describe("flags in a template", () => {
  it("are taken from the state and put back just where its code reads and writes them", () => {
    const note = new UseNote();
    note.get(LOCAL_C).set(LOCAL_N).get(40).set(41);
    expect([...note.read]).toContain(LOCAL_C);
    expect([...note.written]).toContain(LOCAL_N);
    const [none, loads, stores] = [opsOf(), opsOf(), opsOf()];
    loadLocals(none, undefined);
    storeLocals(none, undefined);
    expect(none.w.length).toBe(0);
    const expected = new WasmWriter().loadAt(0).set(LOCAL_C);
    loadLocals(loads, note);
    // One load and one set; only the address is longer.
    expect(loads.w.length).toBeLessThan(expected.length + 4);
    expect(loads.w.length).toBeGreaterThanOrEqual(expected.length);
    storeLocals(stores, note);
    expect(stores.w.length).toBeGreaterThan(0);
  });

  it("stay what they are where nothing touches them", () => {
    const note = new UseNote();
    note.get(1).set(2);
    const ops = opsOf();
    loadLocals(ops, note);
    storeLocals(ops, note);
    expect(ops.w.length).toBe(0);
    expect(note.read.has(LOCAL_Z)).toBe(false);
  });
});
