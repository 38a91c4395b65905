import { describe, expect, it } from "vitest";
import { type CheckReport, runCheck } from "../../src/ids/index.ts";
import { CodeMap } from "../../src/linux/code-map.ts";
import { findHrTimerBases, findTimerBases, type Kernel, unknown } from "../../src/linux/index.ts";
import { CodeBench, loadLiteral, TEXT } from "../linux/code-bench.ts";
import { checkNamed } from "./check-run.ts";

const BASES = 0xc0200000;
const VECTORS = BASES + 0x60;
const BITMAP = VECTORS - 576 / 8;
const TIMER = 0xc0210000;
const CALLBACK = TEXT + 0x1000;

/** Four timers in four slots. */
function givenTimers(): CodeBench {
  const bench = new CodeBench();
  bench.define("run_timer_softirq", TEXT + 0x200);
  bench.words(TEXT + 0x200, loadLiteral(TEXT + 0x200, 0, TEXT + 0x208), 0xe12fff1e, BASES);
  bench.define("tick", CALLBACK);
  bench.words(BITMAP, 0xf);
  for (let slot = 0; slot < 4; slot++) {
    bench.words(VECTORS + slot * 4, TIMER + slot * 32);
    bench.words(TIMER + slot * 32, 0, VECTORS + slot * 4, 1000 + slot, CALLBACK);
  }
  return bench;
}

function look(bench: CodeBench, change: () => void = () => {}): CheckReport {
  const { space, map, symbols, readCode } = bench;
  const timerBases = findTimerBases(bench);
  const hrTimerBases = findHrTimerBases(bench);
  change();
  const moduleList = unknown("a test without modules");
  const codeMap = () => new CodeMap({ space, map, symbols, readCode, moduleList });
  const kernel = { space, map, symbols, readCode, moduleList, timerBases, hrTimerBases, codeMap, refresh: () => {} };
  const check = checkNamed("timers");
  return runCheck({ ...check, needs: [] }, kernel as unknown as Kernel);
}

describe("ids timers", () => {
  it("has every timer with its function, and names what it could not find", () => {
    const report = look(givenTimers());
    expect(report.rows.map(({ values }) => [values.kind, values.function, values.owner, values.expires])).toEqual(
      [1000, 1001, 1002, 1003].map((expires) => ["timer", "tick", "kernel", expires]),
    );
    expect(report.findings).toEqual([]);
    expect(report.cannotTell).toEqual([expect.stringMatching(/^hrtimer_bases: /)]);
  });

  it("finds a function in the heap, and a link that is not linked back", () => {
    const bench = givenTimers();
    const report = look(bench, () => {
      bench.words(TIMER + 12, 0xc0300000);
      bench.words(TIMER + 36, 0xc0300000);
    });
    expect(report.findings.map(({ text }) => text)).toEqual(
      [
        expect.stringMatching(/^the timer at c0210000 calls c0300000, /),
        expect.stringMatching(/^the wheel of timers has a broken link at c0200064$/),
      ].toReversed(),
    );
    expect(report.rows[0].mark).toBe("not the kernel's code");
  });

  it("is told that the kernel is in the middle of a change", () => {
    const bench = givenTimers();
    expect(look(bench, () => bench.words(BITMAP, 0x1f)).isPassing).toBe(true);
  });
});
