import { describe, expect, it } from "vitest";
import { RunStats } from "../../../src/main/run-stats.ts";
import { parseOutcome, parsePhases, parseShellAnswer } from "../../../tools/bench/run-stats.ts";

describe("parsing what komainu exec prints", () => {
  it("finds the phases that --stats really writes, among other messages", () => {
    let instructions = 0;
    const stats = new RunStats(() => ({ instructions, virtualNs: instructions * 5, wallNs: instructions }));
    instructions = 700;
    stats.end("boot");
    instructions = 1000;
    stats.end("vserial exec guest0/uart0 ls");
    const stderr = `WARNING: uart0: something\n${stats.toJson({ clock: "virtual", engine: "jit" })}\n`;
    expect(parsePhases(stderr)).toMatchObject([
      { name: "boot", instructions: 700 },
      { name: "vserial exec guest0/uart0 ls", instructions: 300 },
    ]);
  });

  it("says what was found where a statistics line was expected", () => {
    expect(() => parsePhases("error: the guest is missing\n")).toThrow(/--stats line.*the guest is missing/s);
    expect(() => parsePhases('{"schema":"komainu.stats/2","phases":[]}\n')).toThrow(/komainu.stats\/2/);
  });

  it("reads the outcome of a console command and the answer of the guest's shell", () => {
    const line = JSON.stringify({
      schema: "komainu.exec/1",
      command: "vserial exec guest0/uart0 false",
      code: 1,
      text: "x\n",
      data: { output: "x\n", status: 1 },
    });
    expect(parseOutcome(line)).toMatchObject({ code: 1, text: "x\n" });
    expect(parseShellAnswer(line)).toEqual({ output: "x\n", status: 1 });
  });

  it("takes no other line for one", () => {
    expect(() => parseOutcome("ready")).toThrow(expect.objectContaining({ code: "bench-answer-malformed" }));
    expect(() => parseOutcome('{"schema":"komainu.exec/2"}')).toThrow(/result of a console command/);
    expect(() => parseShellAnswer('{"data":null}')).toThrow(/guest's shell/);
  });
});
