import { describe, expect, it } from "vitest";
import { treeDevices } from "../../src/board/device-tree-facts.ts";
import { type FdtNode, fdtCells, fdtNode, fdtStrings } from "../../src/board/fdt-tree.ts";

const ICS = { vic: 1, armctrl: 2, gpio: 3 };

/** Root with one cell each, an identity bus, and a bus that moves 0x7e000000 to 0x20000000. */
function givenTree(change: (bus: FdtNode, moved: FdtNode, root: FdtNode) => void): FdtNode {
  const cells = { "#address-cells": fdtCells(1), "#size-cells": fdtCells(1) };
  const root = fdtNode("", { ...cells, "interrupt-parent": fdtCells(ICS.vic) });
  const bus = fdtNode("amba", { ...cells, ranges: new Uint8Array(0) });
  const moved = fdtNode("soc", { ...cells, ranges: fdtCells(0x7e000000, 0x20000000, 0x1000000) });
  root.children.push(bus, moved);
  bus.children.push(
    fdtNode("vic@10140000", {
      reg: fdtCells(0x10140000, 0x1000),
      phandle: fdtCells(ICS.vic),
      "#interrupt-cells": fdtCells(1),
    }),
  );
  moved.children.push(
    fdtNode("ic@7e00b200", {
      reg: fdtCells(0x7e00b200, 0x200),
      phandle: fdtCells(ICS.armctrl),
      "#interrupt-cells": fdtCells(2),
      compatible: fdtStrings("brcm,bcm2835-armctrl-ic"),
    }),
    fdtNode("gpio@7e200000", {
      reg: fdtCells(0x7e200000, 0x100),
      phandle: fdtCells(ICS.gpio),
      "#interrupt-cells": fdtCells(2),
    }),
  );
  change(bus, moved, root);
  return root;
}

const found = (root: FdtNode, name: string) => treeDevices(root).find(({ path }) => path.endsWith(`/${name}`));

describe("what a device tree says of devices", () => {
  it("is their address as the CPU sees it, through the ranges of their bus", () => {
    const root = givenTree((bus, moved) => {
      bus.children.push(fdtNode("uart@101f1000", { reg: fdtCells(0x101f1000, 0x1000), interrupts: fdtCells(12) }));
      moved.children.push(fdtNode("uart@7e201000", { reg: fdtCells(0x7e201000, 0x200) }));
    });
    expect(found(root, "uart@101f1000")).toEqual({
      path: "/amba/uart@101f1000",
      address: 0x101f1000,
      sizeBytes: 0x1000,
      interrupts: [{ controllerAddress: 0x10140000, line: 12 }],
    });
    expect(found(root, "uart@7e201000")).toMatchObject({ address: 0x20201000, sizeBytes: 0x200 });
  });

  it("is their interrupts: with the parent of the nearest node, by bank, or of several controllers", () => {
    const root = givenTree((_bus, moved) => {
      moved.properties.set("interrupt-parent", fdtCells(ICS.armctrl));
      moved.children.push(
        fdtNode("timer@7e003000", { reg: fdtCells(0x7e003000, 0x1000), interrupts: fdtCells(1, 0, 1, 3) }),
        fdtNode("both@7e004000", {
          reg: fdtCells(0x7e004000, 0x1000),
          "interrupts-extended": fdtCells(ICS.vic, 7, ICS.armctrl, 2, 25, ICS.gpio, 4, 8),
        }),
      );
    });
    const ic = 0x2000b200;
    expect(found(root, "timer@7e003000")?.interrupts).toEqual([
      { controllerAddress: ic, line: 32 },
      { controllerAddress: ic, line: 35 },
    ]);
    expect(found(root, "both@7e004000")?.interrupts).toEqual([
      { controllerAddress: 0x10140000, line: 7 },
      { controllerAddress: ic, line: 89 },
      { controllerAddress: 0x20200000, line: 4 },
    ]);
  });

  it("leaves out memory, what is switched off with all below it, and what no bus passes on", () => {
    const root = givenTree((bus, moved, top) => {
      const off = fdtNode("off@10000000", { reg: fdtCells(0x10000000, 0x1000), status: fdtStrings("disabled") });
      off.children.push(fdtNode("below@0", { reg: fdtCells(0, 4) }));
      bus.children.push(off);
      moved.children.push(fdtNode("far@50000000", { reg: fdtCells(0x50000000, 4) }));
      top.children.push(fdtNode("memory@0", { reg: fdtCells(0, 0x8000000), device_type: fdtStrings("memory") }));
    });
    expect(treeDevices(root).map(({ path }) => path)).toEqual([
      "/amba/vic@10140000",
      "/soc/ic@7e00b200",
      "/soc/gpio@7e200000",
    ]);
  });

  it("stands a tree whose numbers make no sense", () => {
    const root = givenTree((bus) => {
      bus.children.push(
        fdtNode("short@0", { reg: fdtCells(1) }),
        fdtNode("odd@0", { reg: new Uint8Array(7) }),
        fdtNode("nobody@0", { reg: fdtCells(0x100, 4), "interrupts-extended": fdtCells(99, 1) }),
      );
      bus.properties.set("#interrupt-cells", fdtCells(0));
    });
    expect(treeDevices(root).map(({ path }) => path)).toContain("/amba/nobody@0");
    expect(found(root, "nobody@0")?.interrupts).toEqual([]);
    const huge = givenTree((bus) => {
      bus.properties.set("#address-cells", fdtCells(0xffffffff));
      bus.children.push(fdtNode("x@0", { reg: fdtCells(0, 4) }));
    });
    expect(found(huge, "x@0")).toBeUndefined();
  });
});
