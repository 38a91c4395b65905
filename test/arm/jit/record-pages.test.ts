import { describe, expect, it } from "vitest";
import { RecordPages } from "../../../src/arm/jit/record-pages.ts";
import { HostMemory, RAM_OFFSET } from "../../../src/memory/index.ts";

const FRAME = RAM_OFFSET >>> 12;
const given = () => new RecordPages(new HostMemory(0x10000));
const record = [77, -5, 0x04080c00] as const;

describe("pages of records", () => {
  it("have nothing decoded when they are opened", () => {
    const pages = given();
    expect(pages.has(FRAME)).toBe(false);
    pages.open(FRAME);
    expect(pages.has(FRAME)).toBe(true);
    expect([0, 4, 0xffc].map((offset) => pages.isDecoded(FRAME, offset))).toEqual([false, false, false]);
  });

  it("know the instructions that were written, until these are undecoded", () => {
    const pages = given();
    pages.open(FRAME);
    pages.write(FRAME, 0x10, ...record);
    expect(pages.isDecoded(FRAME, 0x10)).toBe(true);
    // Any byte of it.
    expect(pages.isDecoded(FRAME, 0x13)).toBe(true);
    expect(pages.undecode(FRAME, 0x12)).toBe(true);
    expect(pages.isDecoded(FRAME, 0x10)).toBe(false);
    expect(pages.undecode(FRAME, 0x12)).toBe(false);
    expect(pages.undecode(FRAME + 1, 0x12)).toBe(false);
  });

  it("are empty again when another frame gets those of one that was dropped", () => {
    const pages = given();
    pages.open(FRAME);
    pages.write(FRAME, 0x10, ...record);
    pages.drop(FRAME);
    pages.drop(FRAME);
    expect(pages.has(FRAME)).toBe(false);
    pages.open(FRAME + 1);
    expect(pages.isDecoded(FRAME + 1, 0x10)).toBe(false);
  });

  it("tell which frames have some, and of each before it is gone", () => {
    const pages = given();
    const dropped: boolean[] = [];
    pages.onDrop = (frame) => dropped.push(pages.isDecoded(frame, 0x10));
    for (const frame of [FRAME, FRAME + 3]) {
      pages.open(frame);
      pages.write(frame, 0x10, ...record);
    }
    expect(pages.frames()).toEqual([FRAME, FRAME + 3]);
    pages.drop(FRAME);
    pages.drop(FRAME + 1);
    expect(dropped).toEqual([true]);
    expect(pages.frames()).toEqual([FRAME + 3]);
    expect(pages.isEmpty).toBe(false);
    pages.drop(FRAME + 3);
    expect(pages.isEmpty).toBe(true);
  });

  it("are many, and say when there are no more", () => {
    const pages = given();
    let opened = 0;
    for (let frame = 0; !pages.isFull; frame++) {
      pages.open(frame);
      opened++;
    }
    expect(opened).toBeGreaterThan(3000);
    pages.drop(7);
    expect(pages.isFull).toBe(false);
  });
});
