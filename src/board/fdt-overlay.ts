/**
 * Merges a device-tree overlay into a tree, as a board's firmware does before it starts the kernel (Devicetree compiler,
 * `Documentation/dt-object-internal.txt`; the runtime order is that of the kernel's `overlay-notes.rst`).
 *
 * An overlay has fragments, each with a target and a node `__overlay__`; `__fixups__` name the places that want a node
 * of the base by its label, `__local_fixups__` those that refer to nodes of the overlay itself.
 */
import { overlayInvalid } from "./errors.ts";
import {
  cellOf,
  childNamed,
  type DeviceTree,
  descendants,
  type FdtNode,
  fdtCells,
  fdtNode,
  fdtStrings,
  nodeAt,
  readCells,
  readStrings,
  textOf,
} from "./fdt-tree.ts";

const PHANDLE_PROPERTIES = ["phandle", "linux,phandle"];
/** What an overlay says of itself, besides its fragments. */
const OVERLAY = "__overlay__";
const FIXUPS = "__fixups__";
const LOCAL_FIXUPS = "__local_fixups__";
const SYMBOLS = "__symbols__";

/** The largest number by which a node of the tree is referred to. */
const largestPhandle = (root: FdtNode): number =>
  [...descendants(root)].reduce((most, node) => Math.max(most, cellOf(node, "phandle", 0)), 0);

/** The number by which others refer to `node`, given to it when it has none. */
export function phandleOf(root: FdtNode, node: FdtNode): number {
  const own = cellOf(node, "phandle", 0);
  if (own !== 0) return own;
  const phandle = largestPhandle(root) + 1;
  node.properties.set("phandle", fdtCells(phandle));
  return phandle;
}

/** The bytes of a property, to be changed in place at `offset`. */
function cellView(node: FdtNode | undefined, property: string, offset: number, where: string): DataView {
  const value = node?.properties.get(property);
  if (value === undefined) throw overlayInvalid(`a property ${where}`, "none");
  if (!Number.isInteger(offset) || offset < 0 || offset + 4 > value.length)
    throw overlayInvalid(`a cell at offset ${offset} of ${where}`, `${value.length} bytes`);
  return new DataView(value.buffer, value.byteOffset + offset, 4);
}

/** Adds `delta` to the references to the overlay's own nodes: `fixups` has the tree's shape, its values are offsets. */
function shiftLocalReferences(node: FdtNode, fixups: FdtNode, delta: number): void {
  for (const [property, value] of fixups.properties) {
    const where = `${node.name}/${property}`;
    for (const offset of readCells(value) ?? []) {
      const cell = cellView(node, property, offset, where);
      cell.setUint32(0, cell.getUint32(0) + delta);
    }
  }
  for (const child of fixups.children) {
    const twin = node.children.find(({ name }) => name === child.name);
    if (twin === undefined) throw overlayInvalid(`a node ${child.name} that its local fixups speak of`, "none");
    shiftLocalReferences(twin, child, delta);
  }
}

/** Gives the overlay's nodes numbers that the base does not use. */
function renumber(overlay: FdtNode, delta: number): void {
  for (const node of descendants(overlay)) {
    for (const property of PHANDLE_PROPERTIES) {
      const value = node.properties.get(property);
      if (value !== undefined) node.properties.set(property, fdtCells(cellOf(node, property, 0) + delta));
    }
  }
  const fixups = childNamed(overlay, LOCAL_FIXUPS);
  if (fixups !== undefined) shiftLocalReferences(overlay, fixups, delta);
}

/** Puts the numbers of the base's nodes where the overlay has their labels. */
function resolveLabels(base: FdtNode, overlay: FdtNode): void {
  const symbols = childNamed(base, SYMBOLS);
  for (const [label, value] of childNamed(overlay, FIXUPS)?.properties ?? []) {
    const path = symbols === undefined ? undefined : textOf(symbols, label);
    const target = path === undefined ? undefined : nodeAt(base, path);
    if (target === undefined) throw overlayInvalid(`the label "${label}" in the board's device tree`, "none");
    const phandle = phandleOf(base, target);
    for (const place of readStrings(value) ?? []) {
      const [, nodePath, property, offset] = /^(\/[^:]*):([^:]+):(\d+)$/.exec(place) ?? [];
      if (nodePath === undefined) throw overlayInvalid("PATH:PROPERTY:OFFSET as a fixup", `"${place}"`);
      cellView(nodeAt(overlay, nodePath), property, Number(offset), place).setUint32(0, phandle);
    }
  }
}

const copyOf = (node: FdtNode): FdtNode => ({
  name: node.name,
  properties: new Map(node.properties),
  children: node.children.map(copyOf),
});

/** Properties of `source` win; nodes of the same name become one. */
function mergeNode(target: FdtNode, source: FdtNode): void {
  for (const [name, value] of source.properties) target.properties.set(name, value);
  for (const child of source.children) {
    const twin = target.children.find(({ name }) => name === child.name);
    if (twin === undefined) target.children.push(copyOf(child));
    else mergeNode(twin, child);
  }
}

/** Where a fragment goes, and the path to it. */
function targetOf(base: FdtNode, fragment: FdtNode): { node: FdtNode; path: string } {
  const phandle = cellOf(fragment, "target", 0);
  const wanted = phandle === 0 ? textOf(fragment, "target-path") : undefined;
  if (phandle === 0 && wanted === undefined) throw overlayInvalid(`a target in ${fragment.name}`, "none");
  const found = wanted === undefined ? pathTo(base, phandle) : wanted;
  const node = found === undefined ? undefined : nodeAt(base, found);
  if (node === undefined || found === undefined)
    throw overlayInvalid(
      `the target of ${fragment.name} in the board's device tree`,
      `no ${wanted ?? `node ${phandle}`}`,
    );
  return { node, path: found };
}

/** The path of the node that has the number `phandle`. */
function pathTo(node: FdtNode, phandle: number, path = ""): string | undefined {
  if (cellOf(node, "phandle", 0) === phandle) return path === "" ? "/" : path;
  for (const child of node.children) {
    const found = pathTo(child, phandle, `${path}/${child.name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The overlay's labels become the base's, with the paths that their nodes have now. */
function mergeSymbols(base: FdtNode, overlay: FdtNode, paths: ReadonlyMap<string, string>): void {
  const added = childNamed(overlay, SYMBOLS);
  const symbols = childNamed(base, SYMBOLS);
  if (added === undefined || symbols === undefined) return;
  for (const [label, value] of added.properties) {
    const [, fragment, inside = ""] = /^\/([^/]+)\/__overlay__(\/.*)?$/.exec(readStrings(value)?.[0] ?? "") ?? [];
    const target = fragment === undefined ? undefined : paths.get(fragment);
    if (target !== undefined)
      symbols.properties.set(label, fdtStrings(`${target === "/" ? "" : target}${inside}` || "/"));
  }
}

/** Merges `overlay` into `base`; throws `overlay-invalid` when it does not fit. The overlay's own tree is left as it was. */
export function applyOverlay({ root: base }: DeviceTree, { root }: DeviceTree): void {
  const overlay = copyWithValues(root);
  resolveLabels(base, overlay);
  renumber(overlay, largestPhandle(base));
  const paths = new Map<string, string>();
  for (const fragment of overlay.children) {
    const content = fragment.children.find(({ name }) => name === OVERLAY);
    if (content === undefined) continue;
    const { node, path } = targetOf(base, fragment);
    mergeNode(node, content);
    paths.set(fragment.name, path);
  }
  if (paths.size === 0) throw overlayInvalid("at least one fragment with a node __overlay__", "none");
  mergeSymbols(base, overlay, paths);
}

const copyWithValues = ({ name, properties, children }: FdtNode): FdtNode => ({
  name,
  properties: new Map([...properties].map(([key, value]) => [key, value.slice()])),
  children: children.map(copyWithValues),
});

/** An overlay of one fragment that adds `nodes` below the node at `targetPath`. */
export function overlayOf(targetPath: string, nodes: readonly FdtNode[]): DeviceTree {
  const content = fdtNode(OVERLAY);
  content.children.push(...nodes);
  const fragment = fdtNode("fragment@0", { "target-path": fdtStrings(targetPath) });
  fragment.children.push(content);
  const root = fdtNode("");
  root.children.push(fragment);
  return { root, reservations: [], bootCpuId: 0 };
}
