import { describe, expect, it } from "vitest";
import { TerminalConsole } from "../../src/shell/index.ts";
import { ConsoleBench } from "./console-bench.ts";

describe("the basic commands", () => {
  it("shows name, version and build date", async () => {
    expect(await new ConsoleBench().text("version")).toBe("Komainu v0.1.0 (Nov 21 2026 19:08:10)\n");
  });

  it("echoes words, each with a blank behind it, and no line end with -e", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("echo  a   b;echo;echo -e c;echo help")).toBe("a b \n\nc help \n");
  });

  it("says what it does and asks the machine for reset and shutdown", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("reset")).toBe("Stopping Hypervisor Timer\nIssuing System Reset\n");
    expect(await bench.text("shutdown")).toBe("Stopping Hypervisor Timer\nIssuing System Shutdown\n");
    expect(bench.board.asked).toEqual(["reset host", "shutdown host"]);
  });

  it.each([
    ["sleep secs 2", 2e9],
    ["sleep msecs 0x10", 16e6],
    ["sleep usecs 1500", 1.5e6],
  ])("%s lets that much virtual time pass", async (line, durationNs) => {
    const bench = new ConsoleBench();
    await bench.text(line);
    expect(bench.board.nowNs).toBe(durationNs);
  });

  it("measures sleeps in a test", async () => {
    const text =
      "iter=0 delta 3000000 nanoseconds\niter=1 delta 3000000 nanoseconds\naverage delta 3000000 nanoseconds\n";
    expect(await new ConsoleBench().text("sleep test_msecs 2 3")).toBe(text);
  });

  it("ends a sleep on Ctrl-C", async () => {
    const bench = new ConsoleBench();
    const console = new TerminalConsole({ output: () => {}, usesCarriageReturn: true });
    bench.onStep = () => {
      if (bench.board.nowNs === 5e6) console.input(Uint8Array.of(3));
    };
    expect(await bench.manager.execute(bench.context(console), "sleep secs 100")).toBe(-34);
    expect(bench.board.nowNs).toBe(5e6);
  });
});
