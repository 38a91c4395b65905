import { describe, expect, it } from "vitest";
import { CpuState, Mode } from "../../src/arm/core/index.ts";
import { Registers } from "../../src/gdb/registers.ts";
import { HostMemory } from "../../src/memory/index.ts";

function given(hasVfp = false) {
  const state = new CpuState(new HostMemory(65_536));
  state.reset();
  let resynchronized = 0;
  const core = {
    state,
    pc: 0,
    resynchronize: () => {
      resynchronized++;
    },
  };
  return { state, core, registers: new Registers(() => core, { hasVfp }), resynchronized: () => resynchronized };
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

describe("registers as a debugger numbers them", () => {
  it("are R0 to R15 and, as number 25, the CPSR", () => {
    const { state, registers } = given();
    for (let n = 0; n < 15; n++) state.words[n] = 0x1000 + n;
    state.setFlags(0x6 << 28);
    expect(registers.read(3)).toBe("03100000");
    expect(registers.read(14)).toBe("0e100000");
    expect(registers.read(25)).toBe(word(0x600000d3).toString("hex"));
    expect(registers.read(16)).toBeUndefined();
    expect(registers.read(Number.NaN)).toBeUndefined();
  });

  it("are described by their numbers, and come in that order all together", () => {
    const { registers } = given(true);
    const described = [...registers.targetXml.matchAll(/<reg name="(\w+)" bitsize="(\d+)" regnum="(\d+)"/g)];
    const numbers = described.map(([, , , number]) => Number(number));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const sizes = described.map(([, , bits]) => Number(bits) / 4);
    expect(registers.readAll().length).toBe(sizes.reduce((a, b) => a + b));
    expect(described.map(([, name]) => name)).toContain("d15");
    expect(given(false).registers.targetXml).not.toContain("vfp");
  });

  it("are written one by one, and the core rebuilds what it derives of them", () => {
    const { state, core, registers, resynchronized } = given(true);
    expect(registers.write(2, word(0xdeadbeef))).toBe(true);
    expect(registers.write(15, word(0xc0008000))).toBe(true);
    expect(registers.write(25, word(Mode.irq | 0x80))).toBe(true);
    expect(state.words[2] >>> 0).toBe(0xdeadbeef);
    expect(core.pc >>> 0).toBe(0xc0008000);
    expect(state.cpsr() & 0x1f).toBe(Mode.irq);
    expect(resynchronized()).toBe(3);
    const d1 = 27;
    expect(registers.write(d1, Buffer.from("0102030405060708", "hex"))).toBe(true);
    expect(registers.read(d1)).toBe("0102030405060708");
  });

  it("refuse values of another size, numbers that are none, and what is only read", () => {
    const { registers, resynchronized } = given();
    expect(registers.write(2, Buffer.alloc(3))).toBe(false);
    expect(registers.write(99, Buffer.alloc(4))).toBe(false);
    const spsr = 26;
    expect(registers.targetXml).toContain('name="spsr" bitsize="32" regnum="26"');
    expect(registers.write(spsr, Buffer.alloc(4))).toBe(false);
    expect(resynchronized()).toBe(0);
  });

  it("are all written from what was read", () => {
    const { state, core, registers } = given(true);
    for (let n = 0; n < 15; n++) state.words[n] = n * 3;
    const all = Buffer.from(registers.readAll(), "hex");
    state.words.fill(0, 0, 15);
    core.pc = 4;
    expect(registers.writeAll(all)).toBe(true);
    expect(registers.readAll()).toBe(all.toString("hex"));
    expect(registers.writeAll(all.subarray(0, 6))).toBe(false);
  });

  it("are unknown while there is no guest", () => {
    const registers = new Registers(() => undefined, { hasVfp: false });
    expect(registers.read(0)).toBe("xxxxxxxx");
    expect(registers.write(0, Buffer.alloc(4))).toBe(false);
  });
});
