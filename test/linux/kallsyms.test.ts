import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { findKallsyms } from "../../src/linux/kallsyms.ts";
import { KernelImage } from "../../src/linux/kernel-image.ts";
import type { EncoderOptions, GivenSymbol } from "./kallsyms-encoder.ts";
import { kallsymsImage } from "./kallsyms-encoder.ts";
import type { KallsymsLayout } from "./synthetic-kernel.ts";
import { LONG_NAME, SyntheticKernel } from "./synthetic-kernel.ts";

const layouts: KallsymsLayout[] = ["4.5", "4.6", "6.1", "6.4", "7.0"];

describe("kallsyms in memory", () => {
  for (const layout of layouts) {
    for (const alignment of [4, 16] as const) {
      it(`every symbol of layout ${layout} with labels aligned to ${alignment} is read back`, () => {
        const guest = new SyntheticKernel({ layout, alignment });
        const { kallsyms } = openKernel(guest.source).symbols;
        if (!kallsyms.known) throw new Error(kallsyms.reason);
        expect([...kallsyms.value]).toEqual(guest.symbols);
        expect(kallsyms.confidence).toBe("proved");
      });
    }
  }

  it("finds a name whose length takes two bytes", () => {
    const { symbols } = openKernel(new SyntheticKernel().source);
    expect(symbols.find(LONG_NAME)).toBe(0xc0030000);
  });

  it("gives the function an address lies in, and all names of one address", () => {
    const { symbols } = openKernel(new SyntheticKernel().source);
    const first = symbols.find("sys_call0") ?? 0;
    expect(symbols.at(first + 8)).toMatchObject({ offset: 8, symbol: { address: first } });
    expect(symbols.namesAt(first)).toEqual(["__se_sys_call0", "sys_call0"]);
    expect(symbols.namesAt(first + 8)).toEqual([]);
    expect(symbols.at(0x1000)).toBeUndefined();
  });

  it("is unknown, with a reason, when one token offset is wrong", () => {
    const guest = new SyntheticKernel();
    const at = Buffer.from(guest.image.buffer).indexOf(Buffer.from("0\x001\x002\x003\x004\x00", "latin1"));
    guest.image[at + 1] = 0x41;
    const { kallsyms } = openKernel(guest.source).symbols;
    expect(kallsyms).toMatchObject({ known: false, reason: expect.stringContaining("token table") });
  });

  it("is unknown when a name has an impossible length", () => {
    const guest = new SyntheticKernel();
    const firstName = Buffer.from(guest.image.buffer).indexOf(Buffer.from("\x07T_stext", "latin1"));
    expect(firstName).toBeGreaterThan(0);
    guest.image[firstName] = 0;
    expect(openKernel(guest.source).symbols.kallsyms).toMatchObject({
      known: false,
      reason: expect.stringContaining("no names"),
    });
  });

  it("is unknown when the addresses do not ascend", () => {
    const guest = new SyntheticKernel({ layout: "7.0" });
    const lowest = Buffer.alloc(4);
    lowest.writeUInt32LE(0xc0008000);
    const at = Buffer.from(guest.image.buffer).indexOf(lowest, 0x101000);
    guest.view.setUint32(at, 0xffffffff, true);
    expect(openKernel(guest.source).symbols.kallsyms).toMatchObject({
      known: false,
      reason: expect.stringContaining("ascending"),
    });
  });
});

/** As many as fill three markers and a bit; `longest` tokens in the longest name. */
function givenSymbols(longest: string): GivenSymbol[] {
  const verbs = ["get", "put", "read", "write", "alloc", "free", "init", "exit"];
  const symbols: GivenSymbol[] = [
    { address: 0xc0008000, type: "T", name: "_stext" },
    { address: 0xc0008000, type: "T", name: longest },
  ];
  for (let index = 0; index < 769; index++) {
    const name = `${verbs[index % 8]}_${["page", "task", "sock"][index % 3]}_0x${index.toString(16)}.isra.${index % 10}`;
    symbols.push({ address: 0xc0008100 + index * 0x24, type: "tTwd"[index % 4], name });
  }
  for (let digit = 0; digit < 10; digit++) {
    symbols.push({ address: 0xc0020000 + digit, type: "t", name: `Z${digit}` });
  }
  symbols.push({ address: 0xffff1000, type: "t", name: "vector_rst" });
  return symbols;
}

const plain = { sequences: 0, lengths: "one byte" } as const;
const newest = { sequences: 3, lengths: "two bytes" } as const;
/** The layout of each range of kernels, with what the evidence says of it. */
const kernels: readonly (readonly [versions: string, layout: Omit<EncoderOptions, "alignment">, said: RegExp])[] = [
  ["up to 4.5", { ...plain, order: "first", addresses: "absolute" }, /up to 4.5/],
  ["4.6 to 6.0", { ...plain, order: "first", addresses: "relative" }, /4.6 to 6.3$/],
  ["4.6 to 6.0 without a base", { ...plain, order: "first", addresses: "absolute" }, /without relative_base/],
  ["4.6 to 6.0, per-CPU absolute", { ...plain, order: "first", addresses: "relative, per-CPU absolute" }, /per-CPU/],
  ["6.1", { ...newest, sequences: 0, order: "first", addresses: "relative" }, /4.6 to 6.3$/],
  ["6.1 with words of sequence", { ...newest, sequences: 4, order: "first", addresses: "relative" }, /4.6 to 6.3$/],
  ["6.1.y to 6.3", { ...newest, order: "first", addresses: "relative" }, /4.6 to 6.3$/],
  ["6.4 to 6.14", { ...newest, order: "last", addresses: "relative" }, /6.4 to 6.19$/],
  ["6.4 to 6.14, per-CPU absolute", { ...newest, order: "last", addresses: "relative, per-CPU absolute" }, /per-CPU/],
  ["7.0 on", { ...newest, order: "last", addresses: "absolute" }, /7.0 on/],
];

describe.each(kernels)("kallsyms of Linux %s", (_, layout, said) => {
  const perCpu: GivenSymbol[] = layout.addresses.includes("per-CPU")
    ? [
        { address: 0, type: "D", name: "__per_cpu_start" },
        { address: 0x2040, type: "d", name: "cpu_number" },
      ]
    : [];
  // Kernels with one byte have names up to 127 characters, so a record of 128 tokens at most, its type included.
  const longest = layout.lengths === "one byte" ? 127 : 400;

  for (const alignment of [4, 16] as const) {
    for (const maxSequences of [0, 60]) {
      it(`is read back with labels aligned to ${alignment} and ${maxSequences} compressed tokens`, () => {
        const symbols = [...perCpu, ...givenSymbols("Q".repeat(longest))];
        const found = findKallsyms(kallsymsImage(symbols, { ...layout, alignment, maxSequences }));
        if (!found.known) throw new Error(found.reason);
        expect([...found.value]).toEqual(symbols);
        expect(found.confidence).toBe("proved");
        expect(found.evidence).toMatch(said);
      });
    }
  }

  it("is read back when the last marker's block is full", () => {
    const symbols = [...perCpu, ...givenSymbols("short")].slice(0, 768);
    const found = findKallsyms(kallsymsImage(symbols, { ...layout, alignment: 4 }));
    expect(found.known && [...found.value]).toEqual(symbols);
  });

  it("is unknown or the same when single bytes of the tables are changed", () => {
    const symbols = [...perCpu, ...givenSymbols("short")];
    const { bytes, startAddress } = kallsymsImage(symbols, { ...layout, alignment: 4 }, { sizeBytes: 1 << 19 });
    for (let round = 0; round < 40; round++) {
      const changed = bytes.slice();
      changed[0x40000 + ((round * 7919) % 0x8000)] ^= 1 << (round % 8);
      const found = findKallsyms(new KernelImage(startAddress, changed));
      if (found.known) expect(found.value.size).toBe(symbols.length);
      else expect(found.reason).not.toBe("");
    }
  });
});
