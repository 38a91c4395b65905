import { afterEach, describe, expect, it } from "vitest";
import { physicalOf, readDeviceRegister, readGuestMemory, readRegister } from "../../src/scenario/readings.ts";
import { Stage } from "../../src/scenario/stage.ts";
import { TinyRig } from "./tiny-rig.ts";

const rigs: TinyRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});

async function given() {
  const rig = new TinyRig();
  rigs.push(rig);
  return { stage: await Stage.open(rig.power, { board: rig.board.path, start: "prompt" }, () => {}) };
}

describe("readings", () => {
  it("read memory, registers by both spellings, and devices without an effect", async () => {
    const staged = await given();
    staged.stage.machine.writeGuest(0x200, Uint8Array.of(7));
    expect(readGuestMemory(staged, 0x200, 1)[0]).toBe(7);
    expect(readRegister(staged, "r1")).toBe(readRegister(staged, "R01"));
    staged.stage.port("uart0").send(Uint8Array.of(0x41));
    const before = staged.stage.moment;
    expect(readDeviceRegister(staged, "uart0.UARTDR") & 0xff).toBe(readDeviceRegister(staged, "uart0.UARTDR") & 0xff);
    expect(staged.stage.moment).toEqual(before);
  });

  it("say when there is no kernel whose symbols could be asked", async () => {
    const staged = await given();
    expect(() => physicalOf(staged, "init_task")).toThrow(expect.objectContaining({ code: "kernel-not-found" }));
    expect(physicalOf(staged, 0x1234)).toBe(0x1234);
  });
});
