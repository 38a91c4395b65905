import { describe, expect, it } from "vitest";
import {
  cellOf,
  childNamed,
  cpuAddress,
  descendants,
  fdtCells,
  fdtNode,
  fdtStrings,
  nodeAt,
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

  it("are found by their path", () => {
    expect(nodeAt(root, "/")).toBe(root);
    expect(nodeAt(root, "/uart@10")).toBe(root.children[0]);
    expect(nodeAt(root, "/uart@10/x")).toBeUndefined();
    expect(nodeAt(root, "uart@10")).toBeUndefined();
  });
});

describe("an address behind a bus", () => {
  const top = fdtNode("", { "#address-cells": fdtCells(2) });
  const bus = (ranges: Uint8Array | undefined) => {
    const node = fdtNode("soc", { "#address-cells": fdtCells(1), "#size-cells": fdtCells(1) });
    if (ranges !== undefined) node.properties.set("ranges", ranges);
    return node;
  };

  it("is moved by the entry of ranges that holds it", () => {
    const soc = bus(fdtCells(0x7e000000, 0, 0x20000000, 0x1000, 0x40000000, 1, 0, 0x1000));
    expect(cpuAddress([top, soc], 0x7e000004)).toBe(0x20000004);
    expect(cpuAddress([top, soc], 0x40000008)).toBe(0x100000008);
    expect(cpuAddress([top, soc], 0x7e001000)).toBeUndefined();
  });

  it("stays with empty ranges, and at the root, and is not passed on without ranges", () => {
    expect(cpuAddress([top, bus(new Uint8Array(0))], 5)).toBe(5);
    expect(cpuAddress([top], 5)).toBe(5);
    expect(cpuAddress([top, bus(undefined)], 5)).toBeUndefined();
    expect(cpuAddress([top, bus(fdtCells(1, 2))], 1)).toBeUndefined();
  });
});
