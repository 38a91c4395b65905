import { describe, expect, it } from "vitest";
import { readSystemMap } from "../../src/debuginfo/index.ts";
import type { MemoryFacts } from "../../src/linux/given-compare.ts";
import { compareBanner, comparePlaces, compareSymbols } from "../../src/linux/given-compare.ts";
import { proved, symbolTableOf, unknown } from "../../src/linux/index.ts";

const memory: MemoryFacts = {
  kallsyms: proved(
    symbolTableOf("kallsyms", readSystemMap("c0008000 T _stext\nc0008100 t one\nc0009000 T _etext\n")),
    "",
  ),
  exports: unknown("none"),
  banner: "Linux version 6.1.99 (a@b) (gcc) #7 Sat",
  textAt: (address) => (address === 0xc0100000 ? "Linux version 6.1.99 (a@b) (gcc) #7 Sat\n" : undefined),
  tableAddress: 0xc0004000,
  syscallTableOf: () => undefined,
};
const file = (text: string) => ({
  name: "x",
  kind: "System.map" as const,
  symbols: readSystemMap(text),
  structures: new Map(),
});
const counts = ({ agreed, differing }: { agreed: number; differing: number }) => [agreed, differing];

describe("what a file is held against", () => {
  it("is the version line, or the release where it has no more, or nothing", () => {
    const of = (facts: { banner?: string; release?: string }) =>
      counts(compareBanner({ ...file(""), ...facts }, memory));
    expect([of({ banner: memory.banner }), of({ banner: "Linux version 6.1.99 (a@b) (gcc) #8 Sat" })]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect([of({ release: "6.1.99" }), of({ release: "6.1.98" }), of({})]).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it("is the page table and the version line at the places that its symbols name", () => {
    const of = (text: string) => comparePlaces(symbolTableOf("System.map", readSystemMap(text)), memory)[0];
    expect(counts(of("c0004000 A swapper_pg_dir\nc0100000 R linux_banner\n"))).toEqual([2, 0]);
    expect(of("c0104000 A swapper_pg_dir\nc0100004 R linux_banner\n").examples).toEqual([
      "swapper_pg_dir is not at 0xc0104000",
      "linux_banner is not at 0xc0100004",
    ]);
    expect(comparePlaces(undefined, memory)).toEqual([]);
  });

  it("is every symbol of one name, but a variable that is called as a function", () => {
    const [symbols] = compareSymbols(file("c0008100 t one\nc0008200 t one\nc0200000 d one\nc0200000 D two\n"), memory);
    expect(counts(symbols)).toEqual([1, 1]);
    expect(symbols.examples).toEqual(["one is at 0xc0008200 there and at 0xc0008100 in memory"]);
  });
});
