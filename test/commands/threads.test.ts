import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("thread and module", () => {
  it("lists threads with the ids of their VCPUs", async () => {
    expect(await new ConsoleBench().data("thread list")).toEqual([
      { id: 1, prio: 7, state: "Sleeping", name: "syswq/0" },
      { id: 2, prio: 3, state: "Running", name: "mterm" },
    ]);
  });

  it("lists emulators and commands as built-in modules", async () => {
    const bench = new ConsoleBench();
    const text = await bench.text("module list");
    expect(text).toContain("primecell,arm,pl011");
    expect(text).toMatch(new RegExp(` Total ${1 + bench.manager.families.length} modules\n$`));
    expect(await bench.text("module info 1")).toContain("Name        : command help\n");
    expect((await bench.run("module unload 0")).text).toContain("Can't unload built-in module\n");
    expect((await bench.run("module info 99")).code).toBe(-1);
  });
});
