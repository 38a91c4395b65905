/** An instruction whose access a debugger withholds has no effect, and has its whole effect when it is let go. */
import { describe, expect, it } from "vitest";
import { StopPoints, WatchKind } from "../../../src/arm/core/index.ts";
import { CODE, DATA, GivenCpu } from "../given-cpu.ts";

const registers = { 0: DATA, 1: 0x11111111, 2: 0x22222222, 3: 0x33333333, 13: DATA + 0x40 };
const data = Array.from({ length: 32 }, (_, i) => 0x1000 + i);

interface Case {
  readonly text: string;
  readonly code: number;
  /** Of a byte that the instruction touches. */
  readonly address: number;
  readonly model?: string;
}

const cases: readonly Case[] = [
  { text: "ldr r1, [r0], #4", code: 0xe4901004, address: DATA },
  { text: "str r1, [r0, #8]!", code: 0xe5a01008, address: DATA + 8 },
  { text: "ldrb r1, [r0, #3]", code: 0xe5d01003, address: DATA + 3 },
  { text: "strh r1, [r0, #2]!", code: 0xe1e010b2, address: DATA + 3 },
  { text: "ldrsh r1, [r0, #6]", code: 0xe1d010f6, address: DATA + 6 },
  { text: "ldrd r2, r3, [r0, #8]!", code: 0xe1e020d8, address: DATA + 15 },
  { text: "strd r2, r3, [r0], #8", code: 0xe0c020f8, address: DATA + 5 },
  { text: "ldmia r0!, {r1, r2, r3}", code: 0xe8b0000e, address: DATA + 8 },
  { text: "stmdb sp!, {r0, r1, r2, r3}", code: 0xe92d000f, address: DATA + 0x38 },
  { text: "swp r1, r2, [r0]", code: 0xe1001092, address: DATA + 1 },
  { text: "strt r1, [r0], #4", code: 0xe4a01004, address: DATA },
  { text: "ldrt r1, [r0], #4", code: 0xe4b01004, address: DATA },
  { text: "ldrex r1, [r0]", code: 0xe1901f9f, address: DATA, model: "arm1176jzf-s" },
  { text: "ldr r1, [r0, #1], unaligned", code: 0xe5901001, address: DATA + 4, model: "arm1176jzf-s" },
  { text: "str r1, [r0, #0xfe], over two words", code: 0xe58010fe, address: DATA + 0x101, model: "arm1176jzf-s" },
];

const stateOf = (cpu: GivenCpu) => JSON.stringify([cpu.core.save(), data.map((_, i) => cpu.word(DATA + i * 4))]);

describe.each(cases)("$text", ({ code, address, model }) => {
  const given = () => {
    const cpu = new GivenCpu({ code: [code, 0xeafffffe], registers, data, model });
    // Control bit U, so that the ARM1176 takes unaligned addresses.
    if (model !== undefined) cpu.words[72] |= 0x400000;
    return cpu;
  };

  it("has no effect while a byte of its access is watched, then all of it", () => {
    const cpu = given();
    const before = stateOf(cpu);
    const points = new StopPoints();
    points.watch({ kind: WatchKind.access, address, sizeBytes: 1 });
    cpu.core.debug(points);
    cpu.core.run(cpu.core.instructions() + 1);
    expect(points.hit?.watch?.address).toBe(address);
    expect(cpu.pc).toBe(CODE);
    expect(stateOf(cpu)).toBe(before);
    points.pass();
    cpu.core.run(cpu.core.instructions() + 1);
    const free = given().run();
    expect(stateOf(cpu)).toBe(stateOf(free));
    expect(stateOf(cpu)).not.toBe(before);
  });

  it("is done at once when the bytes beside its access are watched", () => {
    const cpu = given();
    const points = new StopPoints();
    points.watch({ kind: WatchKind.access, address: DATA + 0x200, sizeBytes: 4 });
    cpu.core.debug(points);
    cpu.core.run(cpu.core.instructions() + 1);
    expect(points.hit).toBeUndefined();
    expect(stateOf(cpu)).toBe(stateOf(given().run()));
  });
});

describe("a watched word", () => {
  it("stops no fetch of instructions from it", () => {
    const points = new StopPoints();
    points.watch({ kind: WatchKind.access, address: CODE, sizeBytes: 64 });
    const cpu = new GivenCpu({ code: [0xe2811001, 0xe2811001, 0xeafffffc], registers: { 1: 0 } });
    cpu.core.debug(points);
    cpu.run(30);
    expect(points.hit).toBeUndefined();
    expect(cpu.reg(1)).toBe(20);
  });
});
