import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

const folder = new URL("../golden/help/", import.meta.url);
const bench = new ConsoleBench();

/** Compares with the golden file; `UPDATE_GOLDEN=1` writes it anew. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, folder);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `test/golden/help/${name}.txt exists (UPDATE_GOLDEN=1 writes it)`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

describe("help", () => {
  it("lists every command, help first", async () => {
    expectGolden("commands", await bench.text("help"));
  });

  for (const { name } of bench.manager.families) {
    it(`shows how to use ${name}`, async () => {
      expectGolden(name, await bench.text(`help ${name}`));
    });
  }

  it("answers an unknown name with -3", async () => {
    const { code, text } = await bench.run("help guest foo");
    expect(code).toBe(-3);
    expect(text).toMatch(/^guest {8}- [\s\S]*\nCannot find command foo\nError: command help failed \(code -3\)\n$/);
  });

  it("keeps names, summaries and labels within Xvisor's limits and free of control characters", () => {
    for (const { name, summary } of bench.manager.families) {
      expect(name).toMatch(/^[a-z]{2,12}$/);
      expect(summary).toMatch(/^[\x20-\x7e]{10,128}$/);
    }
  });

  it("completes its argument", () => {
    const { candidates } = bench.manager.complete(bench.context({} as never), "help vs");
    expect(candidates).toEqual(["vserial"]);
  });
});
