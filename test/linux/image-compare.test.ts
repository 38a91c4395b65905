import { describe, expect, it } from "vitest";
import { compareWithImage, initRange } from "../../src/linux/image-compare.ts";
import { CodeBench, loadLiteral, TEXT } from "./code-bench.ts";

describe("compareWithImage", () => {
  it("names every word that differs, with what it was and is", () => {
    const bench = new CodeBench();
    bench.words(TEXT + 0x1000, 0x11111111, 0x22222222);
    const image = bench.image();
    bench.words(TEXT + 0x1004, 0x33333333);
    const { changes, words, unmappedAt, isCut } = compareWithImage(bench.space, image, TEXT, TEXT + 0x2000);
    expect(changes).toEqual([{ address: TEXT + 0x1004, before: 0x22222222, now: 0x33333333 }]);
    expect([words, unmappedAt, isCut]).toEqual([0x800, undefined, false]);
  });

  it("says where memory ends", () => {
    const bench = new CodeBench();
    const image = bench.image();
    bench.view.setUint32(0x4000 + 0xc00 * 4, 0, true);
    expect(compareWithImage(bench.space, image, TEXT, TEXT + 0x1000).unmappedAt).toBe(TEXT);
  });
});

describe("initRange", () => {
  it("takes both ends from the code that gives the range back", () => {
    const bench = new CodeBench();
    const start = TEXT + 0x200;
    bench.define("free_initmem", start);
    bench.define("_sinittext", 0xc0100400);
    bench.define("_einittext", 0xc0110000);
    bench.words(start, loadLiteral(start, 0, start + 0x10), loadLiteral(start + 4, 1, start + 0x14), 0xe1a0f00e);
    bench.words(start + 0x10, 0xc0100000, 0xc0120000);
    bench.define("behind", start + 0x20);
    expect(initRange(bench.symbols, bench.readCode)).toEqual({ start: 0xc0100000, end: 0xc0120000 });
  });

  it("cannot tell without that function", () => {
    const bench = new CodeBench();
    bench.define("_sinittext", 0xc0100400);
    bench.define("_einittext", 0xc0110000);
    expect(initRange(bench.symbols, bench.readCode)).toBeUndefined();
  });
});
