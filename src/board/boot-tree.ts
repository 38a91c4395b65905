/**
 * What the loader changes in a board's device tree: memory, /chosen, the board's identity, and, as an overlay, a node
 * for each virtio-mmio slot.
 *
 * Bindings: Devicetree Specification 0.4 sections 3.4 and 3.6, Linux `bindings/virtio/mmio.yaml`.
 */
import { applyOverlay, overlayOf, phandleOf } from "./fdt-overlay.ts";
import {
  cellOf,
  childNamed,
  cpuAddress,
  type DeviceTree,
  type FdtNode,
  fdtCells,
  fdtNode,
  fdtStrings,
  nodeAt,
  readCells,
  textOf,
} from "./fdt-tree.ts";
import type { Profile, ProfileDevice } from "./profile-schema.ts";

export interface Range {
  address: number;
  sizeBytes: number;
}

export interface BootFacts {
  profile: Profile;
  memory: readonly Range[];
  commandLine: string;
  initrd: Range | undefined;
}

/** A number in `count` cells, the high one first. */
const inCells = (value: number, count: number): number[] =>
  count === 1 ? [value] : [...new Array<number>(count - 2).fill(0), Math.floor(value / 2 ** 32), value % 2 ** 32];

/** `reg` entries with the cell counts of the root. */
function regOf(root: FdtNode, ranges: readonly Range[]): Uint8Array {
  const [addressCells, sizeCells] = [cellOf(root, "#address-cells", 2), cellOf(root, "#size-cells", 1)];
  return fdtCells(
    ...ranges.flatMap(({ address, sizeBytes }) => [
      ...inCells(address, addressCells),
      ...inCells(sizeBytes, sizeCells),
    ]),
  );
}

function setMemory(root: FdtNode, memory: readonly Range[]): void {
  const isMemory = (node: FdtNode): boolean =>
    textOf(node, "device_type") === "memory" || node.name.split("@")[0] === "memory";
  const first = root.children.find(isMemory) ?? fdtNode("memory", { device_type: fdtStrings("memory") });
  first.properties.set("reg", regOf(root, memory));
  const others = root.children.filter((node) => node === first || !isMemory(node));
  root.children = others.includes(first) ? others : [...others, first];
}

export function setChosen(root: FdtNode, commandLine: string, initrd: Range | undefined): void {
  let chosen = childNamed(root, "chosen");
  if (chosen === undefined) {
    chosen = fdtNode("chosen");
    root.children.push(chosen);
  }
  chosen.properties.set("bootargs", fdtStrings(commandLine));
  if (initrd === undefined) {
    chosen.properties.delete("linux,initrd-start");
    chosen.properties.delete("linux,initrd-end");
  } else {
    chosen.properties.set("linux,initrd-start", fdtCells(initrd.address));
    chosen.properties.set("linux,initrd-end", fdtCells(initrd.address + initrd.sizeBytes));
  }
}

const isVirtioSlot = ({ model }: ProfileDevice): boolean => model.startsWith("virtio-mmio");

/** The tree's node of an interrupt controller, by its guest-physical address. */
function controllerAt(root: FdtNode, address: number): FdtNode | undefined {
  const find = (path: readonly FdtNode[]): FdtNode | undefined => {
    const [node] = path.slice(-1);
    if (node.properties.has("interrupt-controller")) {
      const own = readCells(node.properties.get("reg") ?? fdtCells())?.[0];
      if (own !== undefined && cpuAddress(path.slice(0, -1), own) === address) return node;
    }
    for (const child of node.children) {
      const found = find([...path, child]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find([root]);
}

/** A controller's input line as its binding writes it; `undefined` when the binding is not known. */
function interruptCells(controller: FdtNode, line: number): number[] | undefined {
  const count = cellOf(controller, "#interrupt-cells", 0);
  // brcm,bcm2835-armctrl-ic.txt: the bank, and the line in it.
  if (textOf(controller, "compatible") === "brcm,bcm2835-armctrl-ic") return [line >>> 5, line & 31];
  return count === 1 ? [line] : undefined;
}

/** The node of one slot; says why when the tree has no place for it, and nothing when it is there already. */
function virtioSlot(root: FdtNode, profile: Profile, device: ProfileDevice): FdtNode | string | undefined {
  const name = `virtio_mmio@${device.address.toString(16)}`;
  if (childNamed(root, name)?.name === name) return undefined;
  const unseen = (why: string): string => `${device.name}: ${why}; the guest's kernel will not find it`;
  const [wire] = device.irqs;
  const target = profile.devices.find((other) => other.name === wire?.to);
  if (target === undefined) return unseen("it is wired to no interrupt controller");
  const controller = controllerAt(root, target.address);
  if (controller === undefined)
    return unseen(`the device tree has no interrupt controller at 0x${target.address.toString(16)}`);
  const cells = interruptCells(controller, Number(wire.line));
  if (cells === undefined) return unseen(`the interrupt cells of ${controller.name} are not understood`);
  return fdtNode(name, {
    compatible: fdtStrings("virtio,mmio"),
    reg: regOf(root, [device]),
    "interrupt-parent": fdtCells(phandleOf(root, controller)),
    interrupts: fdtCells(...cells),
  });
}

/** The block of Ethernet addresses that Raspberry Pis have; the rest is the end of the serial number. */
const PI_ETHERNET_BLOCK = [0xb8, 0x27, 0xeb];

/** What the firmware knows of this one board: `serial-number`, and `local-mac-address` of the alias `ethernet0`. */
function setIdentity(root: FdtNode, serialNumber: string): void {
  root.properties.set("serial-number", fdtStrings(serialNumber));
  const aliases = childNamed(root, "aliases");
  const path = aliases === undefined ? undefined : textOf(aliases, "ethernet0");
  const ethernet = path === undefined ? undefined : nodeAt(root, path);
  const end = Buffer.from(serialNumber, "hex").subarray(-PI_ETHERNET_BLOCK.length);
  ethernet?.properties.set("local-mac-address", new Uint8Array([...PI_ETHERNET_BLOCK, ...end]));
}

/** Changes `tree` for one boot; nothing else in it is touched. Says what could not be done. */
export function patchBootTree(tree: DeviceTree, { profile, memory, commandLine, initrd }: BootFacts): string[] {
  const { root } = tree;
  const { serialNumber } = profile.boot;
  setMemory(root, memory);
  setChosen(root, commandLine, initrd);
  if (serialNumber !== undefined) setIdentity(root, serialNumber);
  const slots = profile.devices.filter(isVirtioSlot).map((device) => virtioSlot(root, profile, device));
  const nodes = slots.filter((slot): slot is FdtNode => typeof slot === "object");
  if (nodes.length > 0) applyOverlay(tree, overlayOf("/", nodes));
  return slots.filter((slot) => typeof slot === "string");
}
