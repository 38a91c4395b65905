import { describe, expect, it } from "vitest";
import { compareVectors, HIGH_VECTORS, readVectorPages, vectorTables } from "../../src/linux/vectors.ts";
import { CodeBench, TEXT } from "./code-bench.ts";

const SWI = TEXT + 0x540;
const FRAME = 0x200000;
const IN_IMAGE = TEXT + 0x41000;
const VECTORS = [0xea000400, 0xea000465, 0xe59ffff0, 0xea000443, 0xea000422, 0xea000481, 0xea000400, 0xea000487];
const STUBS = [SWI, 0xe24ee004, 0xe88d4001, 0xe14fe000, TEXT + 0x700, TEXT + 0x740];
const HELPERS = [0xe5923000, 0xe0533000, 0x05821000, 0xe2730000, 0xe12fff1e, 0xe7fddef1, 0xe7fddef1, 0xe7fddef1];
const GET_TLS = [0xe59f0008, 0xe12fff1e, 0xee1d0f70, 0xe7fddef1, 0, 0, 0, 5];

/** Vectors, stubs and helpers in the image, and their copies where the processor finds them. */
function givenVectors() {
  const bench = new CodeBench();
  bench.words(IN_IMAGE, ...VECTORS, ...STUBS);
  bench.words(IN_IMAGE + 0x400, ...HELPERS, ...GET_TLS);
  bench.mapVectors(FRAME);
  bench.words(HIGH_VECTORS, ...Array.from({ length: 1024 }, () => 0xe7fddef1));
  bench.words(HIGH_VECTORS, ...VECTORS);
  bench.words(HIGH_VECTORS + 0xfc0, ...HELPERS, ...GET_TLS);
  bench.words(HIGH_VECTORS + 0x1000, ...STUBS);
  const image = bench.image();
  const changes = () => {
    const pages = readVectorPages(bench.space, HIGH_VECTORS);
    return pages === undefined ? undefined : compareVectors(image, HIGH_VECTORS, SWI, pages);
  };
  return { bench, image, changes };
}

describe("compareVectors", () => {
  it("finds the copies as they were made, and the table in the image", () => {
    const { image, changes } = givenVectors();
    expect(vectorTables(image)).toEqual([(IN_IMAGE - TEXT) >> 2]);
    expect(changes()).toEqual([]);
  });

  it("lets the kernel set the thread's value and how it is read", () => {
    const { bench, changes } = givenVectors();
    bench.words(HIGH_VECTORS + 0xfe0, 0xee1d0f70);
    bench.words(HIGH_VECTORS + 0xff0, 0xb6f00000);
    expect(changes()).toEqual([]);
  });

  it.each([
    ["vector", HIGH_VECTORS + 8, 0xea001000],
    ["stub", HIGH_VECTORS + 0x1000, 0xbf000000],
    ["stub", HIGH_VECTORS + 0x1010, 0xbf000000],
    ["helper", HIGH_VECTORS + 0xfc4, 0xe1a00000],
    ["helper", HIGH_VECTORS + 0x100, 0xe1a00000],
  ])("finds a changed %s at %i", (what, address, now) => {
    const { bench, changes } = givenVectors();
    bench.words(address, now);
    expect(changes()?.[0]).toMatchObject({ what, address, now });
  });

  it("cannot read what is not mapped", () => {
    expect(readVectorPages(new CodeBench().space, HIGH_VECTORS)).toBeUndefined();
  });
});
