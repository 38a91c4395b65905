/**
 * What the loader changes in a board's device tree: memory, /chosen, and a node for each virtio-mmio slot.
 *
 * Bindings: Devicetree Specification 0.4 sections 3.4 and 3.6, Linux `bindings/virtio/mmio.yaml`.
 */
import {
  cellOf,
  childNamed,
  type DeviceTree,
  descendants,
  type FdtNode,
  fdtCells,
  fdtNode,
  fdtStrings,
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

function setChosen(root: FdtNode, commandLine: string, initrd: Range | undefined): void {
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
const controllerAt = (root: FdtNode, address: number): FdtNode | undefined =>
  [...descendants(root)].find(
    (node) => node.properties.has("interrupt-controller") && cellOf(node, "reg", Number.NaN) === address,
  );

/** The number by which others refer to `node`, given to it when it has none. */
function phandleOf(root: FdtNode, node: FdtNode): number {
  const own = cellOf(node, "phandle", 0);
  if (own !== 0) return own;
  const used = [...descendants(root)].map(
    (other) => readCells(other.properties.get("phandle") ?? fdtCells())?.[0] ?? 0,
  );
  const phandle = used.reduce((most, value) => Math.max(most, value), 0) + 1;
  node.properties.set("phandle", fdtCells(phandle));
  return phandle;
}

/** Adds the node of one slot; says why when the tree has no place for it. */
function addVirtioSlot(root: FdtNode, profile: Profile, device: ProfileDevice): string | undefined {
  const name = `virtio_mmio@${device.address.toString(16)}`;
  if (childNamed(root, name)?.name === name) return undefined;
  const unseen = (why: string): string => `${device.name}: ${why}; the guest's kernel will not find it`;
  const [wire] = device.irqs;
  const target = profile.devices.find((other) => other.name === wire?.to);
  if (target === undefined) return unseen("it is wired to no interrupt controller");
  const controller = controllerAt(root, target.address);
  if (controller === undefined)
    return unseen(`the device tree has no interrupt controller at 0x${target.address.toString(16)}`);
  if (cellOf(controller, "#interrupt-cells", 0) !== 1)
    return unseen(`the interrupt cells of ${controller.name} are not understood`);
  root.children.push(
    fdtNode(name, {
      compatible: fdtStrings("virtio,mmio"),
      reg: regOf(root, [device]),
      "interrupt-parent": fdtCells(phandleOf(root, controller)),
      interrupts: fdtCells(Number(wire.line)),
    }),
  );
  return undefined;
}

/** Changes `tree` for one boot; nothing else in it is touched. Says what could not be done. */
export function patchBootTree({ root }: DeviceTree, { profile, memory, commandLine, initrd }: BootFacts): string[] {
  setMemory(root, memory);
  setChosen(root, commandLine, initrd);
  return profile.devices
    .filter(isVirtioSlot)
    .map((device) => addVirtioSlot(root, profile, device))
    .filter((note) => note !== undefined);
}
