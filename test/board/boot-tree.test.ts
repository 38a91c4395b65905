import { describe, expect, it } from "vitest";
import { patchBootTree } from "../../src/board/boot-tree.ts";
import { type DeviceTree, fdtCells, fdtNode, fdtStrings, readCells } from "../../src/board/index.ts";
import { makeTree, versatilepb } from "./samples.ts";

const profile = versatilepb();
const memory = [{ address: 0, sizeBytes: 0x6000000 }];
const initrd = { address: 0x5000000, sizeBytes: 0x1234 };

function patched(change: (tree: DeviceTree) => void = () => {}): { tree: DeviceTree; notes: string[] } {
  const tree = makeTree();
  change(tree);
  const notes = patchBootTree(tree, { profile, memory, commandLine: "quiet", initrd });
  return { tree, notes };
}

const nodeNamed = (tree: DeviceTree, name: string) => tree.root.children.find((node) => node.name === name);
const cells = (tree: DeviceTree, node: string, property: string): number[] | undefined =>
  readCells(nodeNamed(tree, node)?.properties.get(property) ?? new Uint8Array(1));

describe("patchBootTree", () => {
  it("sets memory and chosen and keeps what else stands there", () => {
    const { tree } = patched();
    expect(cells(tree, "memory", "reg")).toEqual([0, 0x6000000]);
    expect(nodeNamed(tree, "chosen")?.properties).toEqual(
      new Map([
        ["stdout-path", fdtStrings("/amba/uart")],
        ["bootargs", fdtStrings("quiet")],
        ["linux,initrd-start", fdtCells(0x5000000)],
        ["linux,initrd-end", fdtCells(0x5001234)],
      ]),
    );
  });

  it("adds a node for each virtio slot, wired as the profile says", () => {
    const { tree, notes } = patched();
    expect(notes).toEqual([]);
    const slots = profile.devices.filter(({ model }) => model.startsWith("virtio-mmio"));
    expect(slots.length).toBeGreaterThan(1);
    for (const { address, sizeBytes, irqs } of slots) {
      const name = `virtio_mmio@${address.toString(16)}`;
      expect(nodeNamed(tree, name)?.properties.get("compatible")).toEqual(fdtStrings("virtio,mmio"));
      expect(cells(tree, name, "reg")).toEqual([address, sizeBytes]);
      expect(cells(tree, name, "interrupt-parent")).toEqual([1]);
      expect(cells(tree, name, "interrupts")).toEqual([irqs[0].line]);
    }
  });

  it("touches nothing else", () => {
    const { tree } = patched();
    expect(nodeNamed(tree, "amba")).toEqual(makeTree().root.children[2]);
    expect(tree.root.properties).toEqual(makeTree().root.properties);
  });

  it("makes memory and chosen when they are missing, and takes the place of several memory nodes", () => {
    const { tree } = patched(({ root }) => {
      root.children = root.children.filter(({ name }) => name === "amba");
    });
    expect(cells(tree, "memory", "reg")).toEqual([0, 0x6000000]);
    expect(cells(tree, "chosen", "linux,initrd-end")).toEqual([0x5001234]);
    const several = patched(({ root }) =>
      root.children.push(fdtNode("memory@8000000", { reg: fdtCells(0x8000000, 1) })),
    );
    expect(several.tree.root.children.filter(({ name }) => name.startsWith("memory"))).toHaveLength(1);
  });

  it("takes away an initrd that the tree had when the boot has none", () => {
    const tree = makeTree();
    tree.root.children[0].properties.set("linux,initrd-start", fdtCells(1));
    patchBootTree(tree, { profile, memory, commandLine: "", initrd: undefined });
    expect(tree.root.children[0].properties.has("linux,initrd-start")).toBe(false);
  });

  it("writes addresses in as many cells as the root has", () => {
    const { tree } = patched(({ root }) => {
      root.properties.set("#address-cells", fdtCells(2));
      root.properties.set("#size-cells", fdtCells(2));
    });
    expect(cells(tree, "memory", "reg")).toEqual([0, 0, 0, 0x6000000]);
  });

  it("gives the controller a phandle of its own when it has none", () => {
    const { tree } = patched(({ root }) => {
      root.children[2].children[0].properties.delete("phandle");
      root.children.push(fdtNode("clock", { phandle: fdtCells(7) }));
    });
    expect(readCells(tree.root.children[2].children[0].properties.get("phandle") ?? fdtCells())).toEqual([8]);
    expect(cells(tree, "virtio_mmio@13000000", "interrupt-parent")).toEqual([8]);
  });

  it("says which slots the kernel will not find, and why", () => {
    const { tree, notes } = patched(({ root }) => {
      root.children[2].children = [];
    });
    expect(notes).toContain(
      "virtio_blk0: the device tree has no interrupt controller at 0x10140000; the guest's kernel will not find it",
    );
    expect(nodeNamed(tree, "virtio_mmio@13000000")).toBeUndefined();
    const cellCount = patched(({ root }) =>
      root.children[2].children[0].properties.set("#interrupt-cells", fdtCells(3)),
    );
    expect(cellCount.notes[0]).toContain("the interrupt cells of interrupt-controller@10140000 are not understood");
  });

  it("leaves a slot that the tree has already", () => {
    const { tree } = patched(({ root }) => root.children.push(fdtNode("virtio_mmio@13000000")));
    expect(nodeNamed(tree, "virtio_mmio@13000000")?.properties.size).toBe(0);
  });

  it("finds a controller behind a bus, and writes a BCM2835 line as bank and bit", () => {
    const { tree, notes } = patched(({ root }) => {
      const amba = root.children[2];
      amba.properties.set("#address-cells", fdtCells(1));
      amba.properties.set("#size-cells", fdtCells(1));
      amba.properties.set("ranges", fdtCells(0x7e000000, 0x10000000, 0x1000000));
      const [controller] = amba.children;
      controller.properties.set("reg", fdtCells(0x7e140000, 0x1000));
      controller.properties.set("compatible", fdtStrings("brcm,bcm2835-armctrl-ic"));
      controller.properties.set("#interrupt-cells", fdtCells(2));
    });
    expect(notes).toEqual([]);
    const slot = profile.devices.find(({ address }) => address === 0x13000000);
    const line = Number(slot?.irqs[0].line);
    expect(cells(tree, "virtio_mmio@13000000", "interrupts")).toEqual([line >> 5, line & 31]);
  });

  it("writes the serial number, and the Ethernet address made of it where the tree has an alias for it", () => {
    const own = { ...profile, boot: { ...profile.boot, serialNumber: "00000000a1b2c3d4" } };
    const tree = makeTree();
    tree.root.children.push(fdtNode("aliases", { ethernet0: fdtStrings("/usb/ethernet@1") }), fdtNode("usb"));
    tree.root.children[4].children.push(fdtNode("ethernet@1"));
    patchBootTree(tree, { profile: own, memory, commandLine: "", initrd });
    expect(tree.root.properties.get("serial-number")).toEqual(fdtStrings("00000000a1b2c3d4"));
    expect([...(tree.root.children[4].children[0].properties.get("local-mac-address") ?? [])]).toEqual([
      0xb8, 0x27, 0xeb, 0xb2, 0xc3, 0xd4,
    ]);
    const without = makeTree();
    patchBootTree(without, { profile: own, memory, commandLine: "", initrd });
    expect(without.root.properties.has("serial-number")).toBe(true);
  });
});
