import { describe, expect, it } from "vitest";
import { waitAsleep, whileAsleep } from "../../src/commands/context.ts";
import { BufferConsole } from "../../src/shell/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const given = () => {
  const bench = new ConsoleBench();
  bench.hv.consoleTurn(true);
  const state = (): string => bench.hv.consoleThread.state;
  return { bench, state, context: bench.context(new BufferConsole()) };
};

describe("a waiting command", () => {
  it("lets the console's thread sleep and wakes it afterwards", async () => {
    const { context, state } = given();
    const seen = [state()];
    const answer = await whileAsleep(context, async () => {
      seen.push(state());
      return 7;
    });
    expect([answer, ...seen, state()]).toEqual([7, "Running", "Sleeping", "Running"]);
  });

  it("is told whether what it waits for came before its deadline", async () => {
    const { bench, context } = given();
    expect(await waitAsleep(context, () => bench.board.nowNs >= 3e6, 10e6)).toBe(true);
    expect(bench.board.nowNs).toBe(3e6);
    expect(await waitAsleep(context, () => false, 10e6)).toBe(false);
    expect(bench.board.nowNs).toBe(10e6);
  });
});
