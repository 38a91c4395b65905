import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { enableBranchHints } from "../../../src/arm/jit/engine-flags.ts";
import { functionBody, I32, Op, VOID, WasmWriter, wasmModule } from "../../../src/arm/jit/wasm-writer.ts";

describe("branch hints", () => {
  it("are read by the engine without a word, and change nothing of what the code does", () => {
    enableBranchHints();
    const w = new WasmWriter().get(0).hint(false).op(Op.if, VOID).const(7).op(Op.return, Op.end).const(9);
    const types = [{ params: [I32], results: [I32] }];
    const bytes = wasmModule({ types, imports: [], type: 0, functions: [functionBody({ locals: [], code: [w] })] }, 1);
    expect(Buffer.from(bytes).includes("metadata.code.branch_hint")).toBe(true);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { f0 } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { m: memory } }).exports;
    expect([0, 1].map((n) => (f0 as (n: number) => number)(n))).toEqual([9, 7]);
  });

  it("ask nothing of V8 that this one does not know", () => {
    const flags = new URL("../../../src/arm/jit/engine-flags.ts", import.meta.url);
    const script = `import(${JSON.stringify(flags.href)}).then(({ enableBranchHints }) => enableBranchHints())`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
