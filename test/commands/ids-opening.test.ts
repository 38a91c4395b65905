import { describe, expect, it } from "vitest";
import { costOfOpening } from "../../src/commands/ids-opening.ts";
import { BufferConsole } from "../../src/shell/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

function givenKernel() {
  const bench = new ConsoleBench();
  const kernel = new SyntheticKernel();
  bench.board.writeGuest(0, kernel.image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  return { bench, kernel };
}

describe("ids cost symbols", () => {
  it("opens the kernel anew and says what that took; the guest executes nothing", async () => {
    const { bench, kernel } = givenKernel();
    const text = await bench.text("ids cost symbols");
    expect(text).toMatch(
      new RegExp(
        `^symbols: ${kernel.symbols.length} names and 31 exports in \\d+ KiB of kernel, \\d+ translated loads, 0 guest instructions, time not measured\n`,
      ),
    );
  });

  it("tells the time of the clock it is given", () => {
    const { bench } = givenKernel();
    let nowMs = 0;
    const clock = () => {
      nowMs += 12.34;
      return nowMs;
    };
    const result = costOfOpening({ ...bench.context(new BufferConsole()), nowMs: clock }, bench.hv.guests[0]);
    expect(result.data).toMatchObject({ check: "symbols", instructions: 0, milliseconds: 12.3, exports: 31 });
  });
});
