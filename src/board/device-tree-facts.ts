/**
 * What a device tree says of a board: which devices are where, and which lines of which controllers they drive.
 * Devicetree Specification 0.4, sections 2.3.6 (reg) and 2.4 (interrupts).
 */
import { cellOf, cpuAddress, type FdtNode, readCells, readStrings, textOf } from "./fdt-tree.ts";

export interface TreeInterrupt {
  /** The controller's address, as the CPU sees it. */
  readonly controllerAddress: number;
  readonly line: number;
}

export interface TreeDevice {
  /** Path of the node. */
  readonly path: string;
  /** Of its first register window, as the CPU sees it. */
  readonly address: number;
  readonly sizeBytes: number;
  readonly interrupts: readonly TreeInterrupt[];
}

/** Trees of real boards have some hundreds. */
const MAX_NODES = 20_000;

/** Lines of controllers whose specifiers are not just the line's number, by `compatible`. */
const lineOfCells: Readonly<Record<string, (cells: readonly number[]) => number>> = {
  // Bank, and number in it: brcm,bcm2835-armctrl-ic.txt.
  "brcm,bcm2835-armctrl-ic": ([bank, line]) => bank * 32 + line,
};

interface PlacedNode {
  readonly node: FdtNode;
  /** From the root to the node's parent. */
  readonly above: readonly FdtNode[];
}

function* placedNodes(root: FdtNode): Generator<PlacedNode> {
  const waiting: PlacedNode[] = [{ node: root, above: [] }];
  for (let count = 0; count < MAX_NODES; count++) {
    const placed = waiting.pop();
    if (placed === undefined) return;
    yield placed;
    const { node, above } = placed;
    for (const child of [...node.children].reverse()) waiting.push({ node: child, above: [...above, node] });
  }
}

const number = (cells: readonly number[]): number => cells.reduce((value, cell) => value * 2 ** 32 + cell, 0);

/** The first register window; `undefined` where the CPU cannot see it. */
function windowOf({ node, above }: PlacedNode): { address: number; sizeBytes: number } | undefined {
  const bus = above.at(-1);
  const cells = readCells(node.properties.get("reg") ?? new Uint8Array(0));
  if (bus === undefined || cells === undefined || cells.length === 0) return undefined;
  const [addressCells, sizeCells] = [cellOf(bus, "#address-cells", 2), cellOf(bus, "#size-cells", 1)];
  if (cells.length < addressCells + sizeCells || sizeCells === 0) return undefined;
  const address = cpuAddress(above, number(cells.slice(0, addressCells)));
  const sizeBytes = number(cells.slice(addressCells, addressCells + sizeCells));
  return address === undefined || address >= 2 ** 32 ? undefined : { address, sizeBytes };
}

/** Nodes that are no devices of their own: memory, and what is switched off. */
const isNoDevice = (node: FdtNode): boolean =>
  ["memory", "reserved-memory"].includes(node.name.split("@")[0]) ||
  textOf(node, "device_type") === "memory" ||
  !["okay", "ok"].includes(textOf(node, "status") ?? "okay");

class Interrupts {
  private readonly byPhandle = new Map<number, PlacedNode>();

  constructor(root: FdtNode) {
    for (const placed of placedNodes(root)) {
      const phandle = cellOf(placed.node, "phandle", 0);
      if (phandle !== 0) this.byPhandle.set(phandle, placed);
    }
  }

  of(placed: PlacedNode): TreeInterrupt[] {
    const extended = readCells(placed.node.properties.get("interrupts-extended") ?? new Uint8Array(0)) ?? [];
    if (extended.length > 0) return this.extended(extended);
    const cells = readCells(placed.node.properties.get("interrupts") ?? new Uint8Array(0)) ?? [];
    const parent = [placed.node, ...[...placed.above].reverse()].find((node) =>
      node.properties.has("interrupt-parent"),
    );
    const controller = parent === undefined ? undefined : this.byPhandle.get(cellOf(parent, "interrupt-parent", 0));
    if (controller === undefined) return [];
    const count = cellOf(controller.node, "#interrupt-cells", 1);
    const found: TreeInterrupt[] = [];
    for (let at = 0; count > 0 && at + count <= cells.length; at += count) {
      found.push(...this.interrupt(controller, cells.slice(at, at + count)));
    }
    return found;
  }

  private extended(cells: readonly number[]): TreeInterrupt[] {
    const found: TreeInterrupt[] = [];
    for (let at = 0; at < cells.length; ) {
      const controller = this.byPhandle.get(cells[at]);
      if (controller === undefined) return found;
      const count = cellOf(controller.node, "#interrupt-cells", 1);
      found.push(...this.interrupt(controller, cells.slice(at + 1, at + 1 + count)));
      at += 1 + count;
    }
    return found;
  }

  private interrupt(controller: PlacedNode, cells: readonly number[]): TreeInterrupt[] {
    const window = windowOf(controller);
    const kinds = readStrings(controller.node.properties.get("compatible") ?? new Uint8Array(0)) ?? [];
    const lineOf = kinds.map((kind) => lineOfCells[kind]).find((found) => found !== undefined);
    const line = lineOf === undefined ? cells[0] : lineOf(cells);
    return window === undefined || line === undefined ? [] : [{ controllerAddress: window.address, line }];
  }
}

/** The devices that are switched on and that the CPU can reach, in the order of the tree. */
export function treeDevices(root: FdtNode): TreeDevice[] {
  const interrupts = new Interrupts(root);
  const found: TreeDevice[] = [];
  for (const placed of placedNodes(root)) {
    const nodes = [...placed.above, placed.node];
    const window = nodes.some(isNoDevice) ? undefined : windowOf(placed);
    if (window === undefined) continue;
    const path = nodes.map(({ name }) => name).join("/");
    found.push({ path, ...window, interrupts: interrupts.of(placed) });
  }
  return found;
}
