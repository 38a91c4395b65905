import { describe, expect, it } from "vitest";
import { PageTraps, TRAP_CODE, TRAP_DIRTY, TRAP_WATCH } from "../../src/memory/index.ts";

function given() {
  const traps = new PageTraps(16 * 4096);
  const told: string[] = [];
  for (const [name, trap] of Object.entries({ code: TRAP_CODE, dirty: TRAP_DIRTY, watch: TRAP_WATCH })) {
    traps.listen(trap, (hostOffset, sizeBytes) => told.push(`${name} ${hostOffset}+${sizeBytes}`));
  }
  return { traps, told };
}

describe("page traps", () => {
  it("tell a store to the owners of the page's bits only", () => {
    const { traps, told } = given();
    traps.set(1, TRAP_CODE);
    traps.set(1, TRAP_WATCH);
    traps.stored(4096 + 8, 4);
    traps.stored(8192, 4);
    expect(told).toEqual(["code 4104+4", "watch 4104+4"]);
  });

  it("tell nobody any more after a bit was cleared", () => {
    const { traps, told } = given();
    traps.set(1, TRAP_CODE);
    traps.set(1, TRAP_DIRTY);
    traps.clear(1, TRAP_CODE);
    traps.stored(4096, 1);
    expect([told, traps.bits[1]]).toEqual([["dirty 4096+1"], TRAP_DIRTY]);
  });

  it("have the fast write entries of a page dropped when its first bit is set", () => {
    const { traps } = given();
    const dropped: number[] = [];
    traps.onTrapSet = (frame) => dropped.push(frame);
    traps.set(3, TRAP_CODE);
    traps.set(3, TRAP_CODE);
    traps.set(3, TRAP_DIRTY);
    traps.clear(3, TRAP_CODE);
    traps.clear(3, TRAP_DIRTY);
    traps.set(3, TRAP_WATCH);
    expect(dropped).toEqual([3, 3]);
  });
});
