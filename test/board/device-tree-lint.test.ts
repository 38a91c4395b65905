import { describe, expect, it } from "vitest";
import { treeFindings } from "../../src/board/device-tree-lint.ts";
import { fdtCells, fdtNode } from "../../src/board/fdt-tree.ts";
import { loadBoard, type Profile } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";

const versatile = (): Profile => loadBoard("versatilepb", { models: deviceModels }).profile;

/** A tree of the interrupt controller and one device. */
function givenTree(name: string, reg: readonly number[], interrupts: readonly number[]) {
  const root = fdtNode("", {
    "#address-cells": fdtCells(1),
    "#size-cells": fdtCells(1),
    "interrupt-parent": fdtCells(1),
  });
  const controller = { reg: fdtCells(0x10140000, 0x1000), phandle: fdtCells(1), "#interrupt-cells": fdtCells(1) };
  root.children.push(fdtNode("pic@10140000", controller));
  root.children.push(fdtNode(name, { reg: fdtCells(...reg), interrupts: fdtCells(...interrupts) }));
  return root;
}

const findingsOf = (...tree: Parameters<typeof givenTree>) =>
  treeFindings(versatile(), givenTree(...tree), deviceModels);

describe("a profile and its device tree", () => {
  it("agree where address and wire are the tree's", () => {
    expect(findingsOf("uart@101f1000", [0x101f1000, 0x1000], [12])).toEqual([]);
  });

  it("agree where a controller passes the line on", () => {
    // sic:25 of the profile comes out of the secondary controller as pic:25.
    expect(findingsOf("net@10010000", [0x10010000, 0x10000], [25])).toEqual([]);
  });

  it("agree on the interrupt of a part that is not fitted", () => {
    expect(findingsOf("aaci@10004000", [0x10004000, 0x1000], [24])).toEqual([]);
  });

  it("disagree on a wire: an error at the device's wires", () => {
    const index = versatile().devices.findIndex(({ name }) => name === "uart0");
    expect(findingsOf("uart@101f1000", [0x101f1000, 0x1000], [13])).toMatchObject([
      { code: "profile-tree-interrupt", severity: "error", path: ["devices", index, "irqs"] },
    ]);
  });

  it("disagree on what is where: a warning at the tree's name", () => {
    expect(findingsOf("uart@101ff000", [0x101ff000, 0x1000], [])).toMatchObject([
      { code: "profile-tree-device", severity: "warning", path: ["boot", "images", "deviceTree"] },
    ]);
  });

  it("disagree on the size of a window that is too small", () => {
    expect(findingsOf("uart@101f1000", [0x101f1000, 0x2000], [12])).toMatchObject([
      { code: "profile-tree-size", severity: "warning" },
    ]);
    expect(findingsOf("uart@101f1000", [0x101f1000, 0x100], [12])).toEqual([]);
  });
});
