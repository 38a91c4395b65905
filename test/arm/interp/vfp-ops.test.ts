import { describe, expect, it } from "vitest";
import { CP15_CPACR, Mode, SPSR_BANKS, VFP_FPEXC, VFP_FPINST, VFP_FPSCR, VFP_S0 } from "../../../src/arm/core/index.ts";
import { Logger } from "../../../src/base/index.ts";
import { CODE, DATA, type GivenOptions, givenCpu, TABLE } from "../given-cpu.ts";

const FADDS = 0xee300a81; // vadd.f32 s0, s1, s2
const UNDEFINED_BANK = 5;
const bits = (x: number) => new Int32Array(Float32Array.of(x).buffer)[0];
const number = (word: number) => new Float32Array(Int32Array.of(word).buffer)[0];

/** A core whose VFP is on, unless `fpexc` and `cpacr` say otherwise. */
function givenVfp({ fpexc = 0x40000000, cpacr = 0x00f00000, fpscr = 0, ...options }: GivenOptions & VfpOptions = {}) {
  const given = givenCpu({ model: "arm1176jzf-s", ...options });
  given.words[VFP_FPEXC] = fpexc;
  given.words[CP15_CPACR] = cpacr;
  given.words[VFP_FPSCR] = fpscr;
  const singles = (from: number, ...values: number[]) => {
    for (const [n, value] of values.entries()) given.words[VFP_S0 + from + n] = bits(value);
  };
  const single = (n: number) => number(given.words[VFP_S0 + n]);
  const isRefused = (...code: number[]) => {
    const before = given.core.exceptionCounts.undefined;
    given.execute(...code);
    return given.core.exceptionCounts.undefined > before;
  };
  return { given, singles, single, isRefused, words: given.words };
}
interface VfpOptions {
  fpexc?: number;
  cpacr?: number;
  fpscr?: number;
}

describe("access to the VFP", () => {
  it("raises Undefined while FPEXC.EN is 0, with the address of the next instruction", () => {
    const { given, isRefused } = givenVfp({ fpexc: 0, cpsr: Mode.usr });
    expect(isRefused(FADDS)).toBe(true);
    expect([given.cpsr & 0x1f, given.reg(14), given.words[SPSR_BANKS + UNDEFINED_BANK]]).toEqual([
      Mode.und,
      CODE + 4,
      Mode.usr,
    ]);
  });

  it.each([
    [0, Mode.svc, true],
    [0x00500000, Mode.svc, false],
    [0x00500000, Mode.usr, true],
    [0x00300000, Mode.usr, true],
    [0x00f00000, Mode.usr, false],
  ])("follows the CPACR %s in mode %s", (cpacr, cpsr, refused) => {
    expect(givenVfp({ cpacr, cpsr }).isRefused(FADDS)).toBe(refused);
  });

  it("is refused for every kind of instruction", () => {
    for (const word of [FADDS, 0xeeb41a41, 0xeeb81a41, 0xee002a90, 0xec443a30, 0xedd20a00, 0xec920a04, 0xeef1fa10]) {
      expect(givenVfp({ fpexc: 0, registers: { 2: DATA } }).isRefused(word), word.toString(16)).toBe(true);
    }
  });

  it("is not there on the ARM926EJ-S", () => {
    expect(givenVfp({ model: "arm926ej-s" }).isRefused(FADDS)).toBe(true);
  });
});

describe("the system registers of the VFP", () => {
  const fmrx = (k: number) => 0xeef00a10 | (k << 16) | (3 << 12);
  const fmxr = (k: number) => 0xeee00a10 | (k << 16) | (3 << 12);

  it.each([
    [0, 0x410120b5],
    [6, 0],
    [7, 0x11111111],
    [8, 0],
    [9, 0xee000a00],
  ])("register %i is read by privileged modes while the VFP is off", (k, value) => {
    const { given } = givenVfp({ fpexc: 0, registers: { 3: 0x33 } });
    expect(given.execute(fmrx(k)).reg(3)).toBe(value);
  });

  it("let user mode read the identification and the FPSCR while the VFP is on, and no others", () => {
    for (const k of [0, 1, 6, 7]) {
      expect(givenVfp({ cpsr: Mode.usr }).isRefused(fmrx(k))).toBe(false);
      expect(givenVfp({ cpsr: Mode.usr, fpexc: 0 }).isRefused(fmrx(k))).toBe(true);
    }
    for (const k of [2, 8, 9, 10, 15]) expect(givenVfp({ cpsr: Mode.usr }).isRefused(fmrx(k))).toBe(true);
    expect(givenVfp({ fpexc: 0 }).isRefused(fmxr(1))).toBe(true);
  });

  it("keep what can be written", () => {
    const { given, words } = givenVfp({ fpexc: 0, registers: { 3: 0xffffffff } });
    given.execute(fmxr(8), fmxr(1), fmxr(9), fmxr(0));
    expect([words[VFP_FPEXC], words[VFP_FPSCR] >>> 0, words[VFP_FPINST]]).toEqual([0x40000000, 0xf3f7009f, -1]);
    expect(given.execute(fmrx(0)).reg(3)).toBe(0x410120b5);
  });

  it("say in the log that traps are not modelled", () => {
    const { given } = givenVfp({ registers: { 3: 0x100 } });
    const warnings: string[] = [];
    given.core.log = new Logger("cpu", ({ message }) => warnings.push(message));
    given.execute(fmxr(1), fmxr(1));
    expect(warnings).toEqual([expect.stringContaining("traps")]);
  });

  it("hand the flags of a comparison to the core", () => {
    const { given, singles } = givenVfp({ cpsr: Mode.svc });
    singles(1, 2, 3);
    given.execute(0xeef40a41 /* fcmps s1, s2 */, 0xeef1fa10 /* fmstat */);
    expect(given.cpsr >>> 28).toBe(8);
  });
});

describe("short vectors", () => {
  const length = (elements: number, stride = 0) => ((elements - 1) << 16) | (stride << 20);

  it("add element by element in banks that wrap around", () => {
    const { given, singles, single } = givenVfp({ fpscr: length(4) });
    singles(8, 1, 2, 3, 4, 5, 6, 7, 8);
    singles(16, 10, 20, 30, 40, 50, 60, 70, 80);
    // s30, s31, s24, s25 = s14, s15, s8, s9 + s16 .. s19
    given.execute(0xee37fa08 /* fadds s30, s14, s16 */);
    expect([30, 31, 24, 25].map(single)).toEqual([17, 28, 31, 42]);
  });

  it("take a scalar from the first bank for each element", () => {
    const { given, singles, single } = givenVfp({ fpscr: length(3) });
    singles(0, 100);
    singles(8, 1, 2, 3);
    given.execute(0xee348a00 /* fadds s16, s8, s0 */);
    expect([16, 17, 18, 19].map(single)).toEqual([101, 102, 103, 0]);
  });

  it("are scalars when the destination is in the first bank", () => {
    const { given, singles, single } = givenVfp({ fpscr: length(8) });
    singles(8, 1, 2);
    given.execute(0xee340a24 /* fadds s0, s8, s9 */);
    expect([single(0), single(1)]).toEqual([3, 0]);
  });

  it("leave a register out with a stride of two, which STRIDE = 3 means", () => {
    const { given, singles, single } = givenVfp({ fpscr: length(3, 3) });
    singles(8, 1, 2, 3, 4, 5, 6);
    given.execute(0xeeb18a44 /* fnegs s16, s8 */);
    expect([16, 17, 18, 19, 20, 21].map(single)).toEqual([-1, 0, -3, 0, -5, 0]);
  });

  it("compute one-operand vectors of doubles, which QEMU 7.2 does not", () => {
    const { given, words } = givenVfp({ fpscr: length(2) });
    const doubles = new Float64Array(words.buffer, words.byteOffset + VFP_S0 * 4, 16);
    doubles.set([1, 2], 8);
    given.execute(0xeeb14b48 /* fnegd d4, d8 */);
    expect([doubles[4], doubles[5]]).toEqual([-1, -2]);
  });

  it("never convert or compare more than one element", () => {
    const { given, singles, words, single } = givenVfp({ fpscr: length(4) });
    singles(8, 7, 8, 9);
    given.execute(0xeebd8ac4 /* ftosizs s16, s8 */);
    expect([words[VFP_S0 + 16], words[VFP_S0 + 17]]).toEqual([7, 0]);
    expect(single(8)).toBe(7);
  });
});

describe("loads and stores of the VFP", () => {
  it("write nothing when they abort, and leave the base", () => {
    const { given, single, singles } = givenVfp({ registers: { 2: 0x0ffffff8 } });
    singles(0, 1, 2, 3, 4);
    given.enableMmu().mapFirst(0x0ff00000, 0).execute(0xecb20a04 /* fldmias r2!, {s0-s3} */);
    expect(given.core.exceptionCounts.dataAbort).toBe(1);
    expect([given.reg(2), ...[0, 1, 2, 3].map(single)]).toEqual([0x0ffffff8, 1, 2, 3, 4]);
    expect(given.word(TABLE)).toBeDefined();
  });

  it("must be aligned to words on ARMv6 with control bit U, also doubles", () => {
    const { given } = givenVfp({ registers: { 2: DATA + 4, 3: DATA + 2 }, data: [1, 2, 3] });
    given.enableMmu({ control: 1 << 22 }).execute(0xed920b00 /* fldd d0, [r2] */);
    expect([given.words[VFP_S0], given.words[VFP_S0 + 1]]).toEqual([2, 3]);
    given.execute(0xed930a00 /* flds s0, [r3] */);
    expect([given.core.exceptionCounts.dataAbort, given.faults.far]).toEqual([1, DATA + 2]);
  });

  it("move the base by the odd word of FLDMX and FSTMX too", () => {
    const { given } = givenVfp({ registers: { 2: DATA }, data: [1, 2, 3, 4, 5] });
    given.execute(0xecb20b05 /* fldmiax r2!, {d0-d1} */);
    expect([given.reg(2) - DATA, given.words[VFP_S0 + 3], given.words[VFP_S0 + 4]]).toEqual([20, 4, 0]);
  });

  it("swap the words of doubles, and of doubles alone, in big-endian data", () => {
    const { given, words } = givenVfp({ registers: { 2: DATA }, data: [0x01020304, 0x05060708] });
    given.execute(0xf1010200 /* setend be */, 0xed920b00 /* fldd d0, [r2] */, 0xec921a02 /* fldmias r2, {s2-s3} */);
    expect([0, 1, 2, 3].map((n) => words[VFP_S0 + n])).toEqual([0x08070605, 0x04030201, 0x04030201, 0x08070605]);
    given.execute(0xed820b02 /* fstd d0, [r2, #8] */, 0xf1010000 /* setend le */);
    expect([given.word(DATA + 8), given.word(DATA + 12)]).toEqual([0x01020304, 0x05060708]);
  });
});

describe("the state of the VFP", () => {
  it("goes on where it was after a restore", () => {
    const add = [FADDS, 0xee700a00 /* fadds s1, s0, s0 */, 0xeef10ae0 /* fsqrts s1, s1 */, 0xee802a80];
    const first = givenVfp();
    first.singles(1, 0.1, 3);
    first.given.execute(...add.slice(0, 2));
    const saved = first.given.core.save();
    first.given.write(CODE + 8, ...add.slice(2));
    first.given.run(2);
    const second = givenVfp();
    second.given.write(CODE + 8, ...add.slice(2));
    second.given.core.restore(saved);
    second.given.run(2);
    expect(second.given.core.save()).toEqual(first.given.core.save());
    expect([second.single(1), second.words[VFP_FPSCR] & 0x10]).toEqual([first.single(1), 0x10]);
  });

  it("is off after a reset", () => {
    const { given, words } = givenVfp();
    given.core.reset();
    expect([words[VFP_FPEXC], words[VFP_FPSCR], words[VFP_FPINST] >>> 0]).toEqual([0, 0, 0xee000a00]);
  });
});
