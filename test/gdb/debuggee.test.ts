import { describe, expect, it } from "vitest";
import { debuggeeOf } from "../../src/gdb/debuggee.ts";
import { echoProgram, givenControl } from "./control-bench.ts";

describe("a machine as a debugger sees it", () => {
  it("has the registers and the memory of its guest, by what is mapped", () => {
    const { machine, control } = givenControl(echoProgram);
    const { registers, memory } = debuggeeOf(machine, control, () => {});
    expect(registers.read(15)).toBe("00800000");
    expect(registers.targetXml).not.toContain("org.gnu.gdb.arm.vfp");
    expect(memory.translate(0x8000)).toBe(0x8000);
    const bytes = new Uint8Array(4);
    expect(memory.read(0x8000, bytes)).toBe(true);
    expect([...bytes]).toEqual([0x01, 0x12, 0xa0, 0xe3]);
  });

  it("has neither when its guest was destroyed", () => {
    const { machine, control } = givenControl(echoProgram);
    const { registers, memory } = debuggeeOf(machine, control, () => {});
    machine.hypervisor.destroyGuest(machine.hypervisor.guests[0]);
    expect(registers.read(15)).toBe("xxxxxxxx");
    expect(memory.translate(0x8000)).toBeUndefined();
    expect(memory.read(0x8000, new Uint8Array(4))).toBe(false);
    expect(memory.write(0x8000, new Uint8Array(4))).toBe(false);
  });
});
