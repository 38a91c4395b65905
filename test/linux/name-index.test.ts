import { describe, expect, it } from "vitest";
import { NameIndex, namePiece } from "../../src/linux/name-index.ts";

const over = (names: readonly string[], hashOf = (index: number) => namePiece(names[index]).hash) =>
  new NameIndex({ hashes: Int32Array.from(names, (_, index) => hashOf(index)), nameOf: (index) => names[index] });

/** More searches than are made before there is a table. */
const MANY = 100;

describe("an index of names", () => {
  it("finds the first symbol of each name, and no other name, from the first search to the last", () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `symbol_${i % 4_000}`);
    const index = over(names);
    for (const name of new Set(names)) expect(index.find(name)).toBe(names.indexOf(name));
    for (const none of ["symbol_4000", "symbol", ""]) {
      expect(over(names).find(none)).toBe(-1);
      expect(index.find(none)).toBe(-1);
    }
  });

  it("has nothing in it when there are no names", () => {
    const index = over([]);
    for (let i = 0; i < MANY; i++) expect(index.find("init_task")).toBe(-1);
  });

  it("tells names with equal hashes from each other", () => {
    // "Aa" and "BB" have the same hash.
    const names = ["AaAa", "AaBB", "BBAa", "BBBB"];
    expect(new Set(names.map((name) => namePiece(name).hash)).size).toBe(1);
    const index = over(names);
    for (let i = 0; i < MANY; i++) expect(names.map((name) => index.find(name))).toEqual([0, 1, 2, 3]);
    expect([over(["AaAa"]).find("BBBB"), index.find("AaAaa")]).toEqual([-1, -1]);
  });

  it("gives up where more hashes collide than chance would have it", () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `n${i}`);
    const index = over(names, () => namePiece("n999").hash);
    for (let i = 0; i < MANY; i++) expect(index.find("n999")).toBeUndefined();
  });

  it("takes the hash of a name from those of its pieces", () => {
    const whole = namePiece("sys_getpid").hash;
    const hash = ["sys_", "get", "", "pid"].reduce((h, text) => {
      const piece = namePiece(text);
      return (Math.imul(h, piece.factor) + piece.hash) | 0;
    }, 0);
    expect(hash).toBe(whole);
  });
});
