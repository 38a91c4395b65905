import { describe, expect, it } from "vitest";
import type { ObservedWrite } from "../../src/vm/index.ts";
import { givenMachine, RECORD_ADDRESS } from "./machine-bench.ts";

/** Stores R4 to the record and counts, for ever. */
const storing = [
  0xe3a05801, // mov r5, #0x10000
  0xe3a04000, // mov r4, #0
  0xe2844001, // add r4, r4, #1
  0xe5854000, // str r4, [r5]
  0xe5c54009, // strb r4, [r5, #9]
  0xeafffffb, // b .-12
];
const STORE = 0x800c;

describe.each(["interp", "jit"] as const)("watched memory with the engine %s", (engine) => {
  it("tells each store with the instruction that did it, and changes nothing of the run", () => {
    const plain = givenMachine(storing, { engine });
    const watched = givenMachine(storing, { engine });
    const writes: ObservedWrite[] = [];
    const pieces = [{ address: RECORD_ADDRESS, sizeBytes: 4 }];
    const end = watched.machine.watchWrites(pieces, (write) => writes.push(write));
    for (const run of [plain, watched]) run.runTo(30_000);
    expect(watched.hash()).toBe(plain.hash());
    expect(writes).toHaveLength(7_500);
    expect(writes[0]).toMatchObject({ offset: 0, sizeBytes: 4, value: 1, pc: STORE });
    expect(writes[1].instructions - writes[0].instructions).toBe(4);
    expect(writes.at(-1)?.value).toBe(7_500);
    end?.();
    watched.runTo(31_000);
    expect(writes).toHaveLength(7_500);
  });

  it("tells of stores of bytes, and of none beside the watched ones", () => {
    const { machine, runTo } = givenMachine(storing, { engine });
    const writes: ObservedWrite[] = [];
    machine.watchWrites([{ address: RECORD_ADDRESS + 8, sizeBytes: 4 }], (write) => writes.push(write));
    runTo(20);
    expect(writes[0]).toMatchObject({ offset: 1, sizeBytes: 1, value: 1 });
    expect(new Set(writes.map(({ offset }) => offset))).toEqual(new Set([1]));
  });

  it("watches no device", () => {
    const { machine } = givenMachine(storing, { engine });
    expect(machine.watchWrites([{ address: 0x101f1000, sizeBytes: 4 }], () => {})).toBeUndefined();
  });
});
