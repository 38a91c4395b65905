import { describe, expect, it } from "vitest";
import { debuggeeOf } from "../../src/gdb/debuggee.ts";
import { Session } from "../../src/gdb/session.ts";
import {
  COUNT_ADDRESS,
  COUNT_STORE,
  ECHO_START,
  ECHO_TURN,
  echoProgram,
  givenControl,
  LOOP_ADDRESS,
} from "./control-bench.ts";

function given(options: Parameters<typeof givenControl>[1] = {}) {
  const bench = givenControl(echoProgram, options);
  let kills = 0;
  const session = new Session(debuggeeOf(bench.machine, bench.control, () => kills++));
  const ask = (packet: string) => session.answer(Buffer.from(packet, "latin1")).text;
  /** Asks for a run, and answers how it was stopped. */
  const go = (packet: string): string => {
    expect(ask(packet)).toBeUndefined();
    return session.stopped(bench.untilHeld());
  };
  return { ...bench, session, ask, go, kills: () => kills };
}

describe("a conversation with a debugger", () => {
  it("begins with what both can do, and a description of the registers in pieces", () => {
    const { ask } = given();
    expect(ask("qSupported:swbreak+;multiprocess+")).toContain("ReverseContinue+");
    let xml = "";
    for (let piece = "m"; piece.startsWith("m"); xml += piece.slice(1)) {
      piece = ask(`qXfer:features:read:target.xml:${xml.length.toString(16)},40`) ?? "";
      expect(piece.length).toBeLessThanOrEqual(0x41);
    }
    expect(xml).toMatch(/^<\?xml.*<\/target>\n$/s);
    expect(ask("qXfer:features:read:other.xml:0,40")).toBe("E00");
    expect(ask("?")).toBe("T05thread:1;");
  });

  it("sets places, runs to them, steps, and goes back", () => {
    const { ask, go } = given();
    ask("qSupported:swbreak+;hwbreak+");
    const place = LOOP_ADDRESS.toString(16);
    expect(ask(`Z1,${place},4`)).toBe("OK");
    expect(go("vCont;c")).toBe("T05hwbreak:;thread:1;");
    expect(go("vCont;s:1")).toBe("T05thread:1;");
    expect(go("bc")).toBe("T05hwbreak:;thread:1;");
    expect(ask(`z1,${place},4`)).toBe("OK");
    expect(go("bs")).toBe("T05thread:1;");
    expect(go("bc")).toBe("T05replaylog:begin;thread:1;");
    expect(ask("pf")).toBe("00800000");
  });

  it("watches a word", () => {
    const { ask, go } = given();
    const range = `${COUNT_ADDRESS.toString(16)},4`;
    expect(ask(`Z2,${range}`)).toBe("OK");
    expect(go("c")).toBe(`T05watch:${COUNT_ADDRESS.toString(16)};thread:1;`);
    expect(ask("Z2,fffffffe,4")).toBe("E16");
    expect(ask("Z2,1000,0")).toBe("E16");
    expect(ask("Z5,1000,4")).toBe("");
  });

  it("reads and writes memory, but no device's register", () => {
    const { ask, word } = given();
    expect(ask("m8000,8")).toBe("0112a0e31f1881e3");
    expect(ask("M20000,4:efbeadde")).toBe("OK");
    expect(word(0x20000)).toBe(0xdeadbeef);
    expect(ask("X20000,2:\x01\xff")).toBe("OK");
    expect(word(0x20000)).toBe(0xdeadff01);
    expect(ask("m101f1000,4")).toBe("E0e");
    expect(ask("M101f1000,4:00000000")).toBe("E0e");
    expect(ask("m80000000,4")).toBe("E0e");
  });

  it("refuses nonsense without changing anything", () => {
    const { ask, control } = given();
    for (const packet of [
      "m",
      "mzz,4",
      "m8000",
      "M8000,4",
      "M8000,4:00",
      "X8000,4",
      "p",
      "pzz",
      "P",
      "P0",
      "P0=1",
      "G00",
      "Z0",
      "Z0,zz",
      "Zx,8000,4",
      "q",
      "Q",
      "v",
      "b",
      "!",
      "\xff",
    ]) {
      expect(ask(packet) ?? "none").toMatch(/^(E..)?$/);
    }
    expect(control.points.isEmpty).toBe(true);
    expect(control.isHeld).toBe(true);
  });

  it("steps on in a range of addresses, and stops behind it or at a place in it", () => {
    const { ask, go, pc, instruction } = given();
    expect(ask("vCont?")).toBe("vCont;c;C;s;S;r");
    const range = (start: number, end: number) => `vCont;r${start.toString(16)},${end.toString(16)}:1;c`;
    // From the first instruction to the loop, in one request.
    expect(go(range(0x8000, LOOP_ADDRESS))).toBe("T05thread:1;");
    expect([pc(), instruction()]).toEqual([LOOP_ADDRESS, ECHO_START]);
    // An empty range is a single step.
    expect(go(range(0, 0))).toBe("T05thread:1;");
    expect([pc(), instruction()]).toEqual([COUNT_STORE, ECHO_START + 1]);
    // The loop never leaves it: a place in it does.
    ask("qSupported:swbreak+;hwbreak+");
    ask(`Z0,${LOOP_ADDRESS.toString(16)},4`);
    expect(go(range(LOOP_ADDRESS, LOOP_ADDRESS + 0x40))).toBe("T05swbreak:;thread:1;");
    expect([pc(), instruction()]).toEqual([LOOP_ADDRESS, ECHO_START + ECHO_TURN]);
    expect(go("bs")).toBe("T05thread:1;");
    expect(instruction()).toBe(ECHO_START + ECHO_TURN - 1);
    expect(ask("vCont;rzz,1")).toBe("");
  });

  it("ends with leaving the guest, or with its end", () => {
    const { session, ask, kills } = given();
    expect(session.answer(Buffer.from("D"))).toEqual({ text: "OK", after: "detach" });
    expect(ask("vKill;1")).toBe("OK");
    expect(kills()).toBe(1);
    expect(ask("k")).toBeUndefined();
    expect(kills()).toBe(2);
  });
});
