import { describe, expect, it } from "vitest";
import { monitorCommand } from "../../src/gdb/monitor.ts";
import { echoProgram, givenControl } from "./control-bench.ts";

describe("monitor commands", () => {
  it("say where the run is, and how far it can be gone back in", () => {
    const { control, run, untilHeld } = givenControl(echoProgram);
    control.resume("forward");
    run(3);
    control.interrupt();
    untilHeld();
    expect(monitorCommand("time", control)).toBe("instruction 1000, 0.000005 s\n");
    expect(monitorCommand("history", control)).toMatch(
      /^back to instruction 0, 0.000000 s; 1 checkpoints, \d+\.\d MiB\n$/,
    );
    control.step("back");
    untilHeld();
    expect(monitorCommand(" time ", control)).toBe("instruction 999, 0.000005 s, in the past\n");
  });

  it("say that nothing is kept when no debugger is there any more", () => {
    const { control } = givenControl(echoProgram);
    control.detach();
    expect(monitorCommand("history", control)).toContain("nothing is kept");
  });

  it("tell equal guests from others", () => {
    const [one, other] = [givenControl(echoProgram), givenControl(echoProgram)];
    const hash = monitorCommand("hash", one.control);
    expect(hash).toMatch(/^[0-9a-f]{64}\n$/);
    expect(monitorCommand("hash", other.control)).toBe(hash);
    other.control.step("forward");
    other.untilHeld();
    expect(monitorCommand("hash", other.control)).not.toBe(hash);
  });

  it("explain themselves", () => {
    const { control } = givenControl(echoProgram);
    expect(monitorCommand("help", control)).toContain("monitor history");
    expect(monitorCommand("reset", control)).toMatch(/^no such command: reset\nmonitor time/);
  });
});
