/** A device tree in memory: nodes with properties as bytes, and what the properties' usual encodings are (Devicetree Specification 0.4, section 2.2.4). */

export interface FdtNode {
  /** With the unit address; empty for the root. */
  name: string;
  /** In the order of the file; cells are big-endian. */
  properties: Map<string, Uint8Array>;
  children: FdtNode[];
}

export interface FdtReservation {
  address: bigint;
  sizeBytes: bigint;
}

export interface DeviceTree {
  root: FdtNode;
  /** Memory that the kernel must not use, beside the nodes under /reserved-memory. */
  reservations: FdtReservation[];
  /** Physical id of the CPU that boots. */
  bootCpuId: number;
}

export const fdtNode = (name: string, properties: Record<string, Uint8Array> = {}): FdtNode => ({
  name,
  properties: new Map(Object.entries(properties)),
  children: [],
});

/** Words as a property's value. */
export function fdtCells(...cells: readonly number[]): Uint8Array {
  const data = new Uint8Array(cells.length * 4);
  const view = new DataView(data.buffer);
  for (const [index, cell] of cells.entries()) view.setUint32(index * 4, cell);
  return data;
}

/** Texts as a property's value, each with its NUL. */
export const fdtStrings = (...texts: readonly string[]): Uint8Array =>
  new Uint8Array(Buffer.from(texts.map((text) => `${text}\0`).join(""), "latin1"));

/** A property's words, unsigned; `undefined` when its size is no multiple of 4. */
export function readCells(value: Uint8Array): number[] | undefined {
  if (value.length % 4 !== 0) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length / 4 }, (_, index) => view.getUint32(index * 4));
}

/** A property's texts; `undefined` when the last one has no NUL. */
export function readStrings(value: Uint8Array): string[] | undefined {
  if (value.at(-1) !== 0) return undefined;
  return Buffer.from(value.subarray(0, -1)).toString("latin1").split("\0");
}

/** The first word of a property, or `fallback` when it has none. */
export const cellOf = (node: FdtNode, property: string, fallback: number): number =>
  readCells(node.properties.get(property) ?? new Uint8Array(0))?.[0] ?? fallback;

/** The first text of a property, or `undefined`. */
export const textOf = (node: FdtNode, property: string): string | undefined =>
  readStrings(node.properties.get(property) ?? new Uint8Array(0))?.[0];

/** A child by its name, with or without the unit address. */
export const childNamed = (node: FdtNode, name: string): FdtNode | undefined =>
  node.children.find((child) => child.name === name) ??
  node.children.find((child) => child.name.split("@")[0] === name);

/** The node and everything under it, parents first. */
export function* descendants(node: FdtNode): Generator<FdtNode> {
  yield node;
  for (const child of node.children) yield* descendants(child);
}

/** The node at an absolute path such as `/soc/serial@7e201000`; unit addresses may be left out. */
export function nodeAt(root: FdtNode, path: string): FdtNode | undefined {
  let node: FdtNode | undefined = path.startsWith("/") ? root : undefined;
  for (const name of path.split("/")) if (name !== "") node = node === undefined ? undefined : childNamed(node, name);
  return node;
}

/**
 * An address on the bus of `path`'s last node as the CPU sees it, by the `ranges` of the nodes above; `undefined` where
 * a bus does not pass it on. The path begins with the root.
 */
export function cpuAddress(path: readonly FdtNode[], busAddress: number): number | undefined {
  let address: number | undefined = busAddress;
  for (let depth = path.length - 1; depth > 0 && address !== undefined; depth--) {
    address = throughRanges(path[depth], path[depth - 1], address);
  }
  return address;
}

/** Through one bus: child address, parent address and length in each entry; an empty property passes all on unchanged. */
function throughRanges(bus: FdtNode, parent: FdtNode, address: number): number | undefined {
  const cells = readCells(bus.properties.get("ranges") ?? new Uint8Array(1));
  if (cells === undefined) return undefined;
  const [childCells, sizeCells] = [cellOf(bus, "#address-cells", 2), cellOf(bus, "#size-cells", 1)];
  const parentCells = cellOf(parent, "#address-cells", 2);
  const stride = childCells + parentCells + sizeCells;
  const number = (at: number, count: number): number =>
    cells.slice(at, at + count).reduce((value, cell) => value * 2 ** 32 + cell, 0);
  if (cells.length === 0) return address;
  for (let at = 0; stride > 0 && at + stride <= cells.length; at += stride) {
    const offset = address - number(at, childCells);
    if (offset >= 0 && offset < number(at + childCells + parentCells, sizeCells))
      return number(at + childCells, parentCells) + offset;
  }
  return undefined;
}
