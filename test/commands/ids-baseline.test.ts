import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remoteFilter } from "../../src/commands/index.ts";
import { BaselineStore } from "../../src/main/baseline-store.ts";
import { BANNER, SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-baseline-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function givenKernel({ hasStore = true, banner = BANNER } = {}) {
  const bench = new ConsoleBench();
  const kernel = new SyntheticKernel();
  kernel.text(0x100000, banner);
  bench.board.writeGuest(0, kernel.image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  if (hasStore) bench.baselines = new BaselineStore(folder);
  const hook = (slot: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, 0xbf000000, true);
    bench.board.writeGuest(0x9000 + slot * 4, bytes);
  };
  return { bench, hook };
}

describe("ids baseline", () => {
  it("says in a later program what changed since it was saved", async () => {
    expect(await givenKernel().bench.text("ids baseline save")).toContain("syscall 400");
    const { bench, hook } = givenKernel();
    const same = (await bench.data("ids baseline compare")) as { differences: unknown[] };
    expect(same.differences).toEqual([]);
    hook(30);
    const { code, text } = await bench.run("ids baseline compare");
    expect(code).toBe(-1);
    expect(text).toMatch(/^syscall: new: 30 bf000000$/m);
  });

  it("has names of its own for each kernel's build", async () => {
    await givenKernel().bench.text("ids baseline save good");
    const same = givenKernel().bench;
    expect(await same.text("ids baseline list")).toBe("good\n");
    expect((await same.run("ids baseline compare")).text).toMatch(/expected a baseline default .*, there are good\n/);
    const other = givenKernel({ banner: BANNER.replace("#7", "#8") }).bench;
    expect(await other.text("ids baseline list")).toBe("");
    const { code, text } = await other.run("ids baseline compare good");
    expect(code).toBe(-14);
    expect(text).toMatch(/expected a baseline good of the kernel "Linux version .*#8 .*", there is none of it\n/);
  });

  it("names the checks that could not be told, and does not compare them", async () => {
    const { bench } = givenKernel();
    expect(await bench.text("ids baseline save")).toMatch(/^not in it, as it could not be told: .*\bmount\b/m);
    const { text } = await bench.run("ids baseline compare");
    expect(text).not.toMatch(/: (new|gone): /);
  });

  it("is kept in memory where there is no store", async () => {
    const { bench, hook } = givenKernel({ hasStore: false });
    expect((await bench.run("ids baseline compare")).text).toContain("there is none of it");
    expect(await bench.text("ids baseline save")).toContain("in memory, until the program ends\n");
    expect(await bench.text("ids baseline list")).toBe("default\n");
    hook(30);
    expect((await bench.run("ids baseline compare")).code).toBe(-1);
  });

  it.each(["a/b", "..%2f", "x".repeat(65)])("takes no name like %s", async (name) => {
    const { bench } = givenKernel();
    for (const verb of ["save", "compare"]) {
      expect((await bench.run(`ids baseline ${verb} ${name}`)).text).toContain("expected a name of letters");
    }
  });

  it("is not replaced by a console of another machine", () => {
    const refused = ["save", "save good", "compare", "list"].map((line) =>
      remoteFilter(["ids", "baseline", ...line.split(" ")]),
    );
    expect(refused).toEqual([true, true, false, false]);
  });
});
