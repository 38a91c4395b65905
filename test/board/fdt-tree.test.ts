import { describe, expect, it } from "vitest";
import {
  cellOf,
  childNamed,
  descendants,
  fdtCells,
  fdtNode,
  fdtStrings,
  readCells,
  readStrings,
  textOf,
} from "../../src/board/index.ts";

describe("device tree properties", () => {
  it("hold words in big-endian order", () => {
    expect([...fdtCells(0x12345678, 1)]).toEqual([0x12, 0x34, 0x56, 0x78, 0, 0, 0, 1]);
    expect(readCells(fdtCells(0xffffffff, 0))).toEqual([0xffffffff, 0]);
    expect(readCells(new Uint8Array(3))).toBeUndefined();
  });

  it("hold texts, each with its NUL", () => {
    expect(Buffer.from(fdtStrings("ab", "c")).toString("latin1")).toBe("ab\0c\0");
    expect(readStrings(fdtStrings("ab", "c"))).toEqual(["ab", "c"]);
    expect(readStrings(Uint8Array.of(0x61))).toBeUndefined();
    expect(readStrings(new Uint8Array(0))).toBeUndefined();
  });
});

describe("device tree nodes", () => {
  const root = fdtNode("", { "#size-cells": fdtCells(2), compatible: fdtStrings("a,b", "c") });
  root.children.push(fdtNode("uart@10"), fdtNode("memory"));

  it("are found by their name with or without the unit address", () => {
    expect(childNamed(root, "uart@10")).toBe(root.children[0]);
    expect(childNamed(root, "uart")).toBe(root.children[0]);
    expect(childNamed(root, "chosen")).toBeUndefined();
  });

  it("give the first cell and the first text of a property, or what is said instead", () => {
    expect(cellOf(root, "#size-cells", 1)).toBe(2);
    expect(cellOf(root, "#address-cells", 7)).toBe(7);
    expect(textOf(root, "compatible")).toBe("a,b");
    expect(textOf(root, "model")).toBeUndefined();
  });

  it("are walked parents first", () => {
    expect([...descendants(root)].map(({ name }) => name)).toEqual(["", "uart@10", "memory"]);
  });
});
