/** The host device tree: nodes with attributes, addressed by path, printed in device tree source style. */
import type { State, Stateful } from "../base/index.ts";

/** Text list, 32-bit cells, or bytes. */
export type AttributeValue =
  | { readonly kind: "strings"; readonly strings: readonly string[] }
  | { readonly kind: "cells"; readonly cells: readonly number[] }
  | { readonly kind: "bytes"; readonly bytes: readonly number[] };

export const strings = (...values: string[]): AttributeValue => ({ kind: "strings", strings: values });
export const cells = (...values: number[]): AttributeValue => ({ kind: "cells", cells: values });

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** `name = "a","b";` without the name. */
export function attributeText(value: AttributeValue): string {
  if (value.kind === "strings") return value.strings.map((s) => `"${s}"`).join(",");
  return value.kind === "cells" ? `<${value.cells.map(hex).join(" ")}>` : `[${value.bytes.map(hex).join(" ")}]`;
}

export class DeviceTreeNode {
  readonly name: string;
  readonly parent: DeviceTreeNode | undefined;
  readonly attributes = new Map<string, AttributeValue>();
  readonly children: DeviceTreeNode[] = [];

  constructor(name: string, parent?: DeviceTreeNode) {
    this.name = name;
    this.parent = parent;
  }

  get path(): string {
    if (this.parent === undefined) return "/";
    return this.parent.parent === undefined ? `/${this.name}` : `${this.parent.path}/${this.name}`;
  }

  child(name: string): DeviceTreeNode | undefined {
    return this.children.find((node) => node.name === name);
  }

  /** The child of that name, made when absent. */
  add(name: string): DeviceTreeNode {
    const existing = this.child(name);
    if (existing !== undefined) return existing;
    const node = new DeviceTreeNode(name, this);
    this.children.push(node);
    return node;
  }

  set(name: string, value: AttributeValue): this {
    this.attributes.set(name, value);
    return this;
  }

  /** Takes the node out of its parent. */
  remove(): void {
    const siblings = this.parent?.children;
    siblings?.splice(siblings.indexOf(this), 1);
  }

  /** A new child with the attributes and children of `source`, which may be this node itself. */
  addCopy(name: string, source: DeviceTreeNode): DeviceTreeNode {
    const node = new DeviceTreeNode(name, this);
    for (const [key, value] of source.attributes) node.attributes.set(key, value);
    for (const child of source.children) node.addCopy(child.name, child);
    this.children.push(node);
    return node;
  }

  /** Text with one TAB a level; attributes only when asked. */
  text(withAttributes: boolean, depth = 0): string {
    const indent = "\t".repeat(depth);
    const label = this.parent === undefined ? "/" : this.name;
    const lines: string[] = [];
    if (withAttributes) {
      for (const [name, value] of this.attributes) lines.push(`${indent}\t${name} = ${attributeText(value)};\n`);
    }
    for (const child of this.children) lines.push(child.text(withAttributes, depth + 1));
    return lines.length === 0 ? `${indent}${label};\n` : `${indent}${label} {\n${lines.join("")}${indent}};\n`;
  }
}

function saveNode(node: DeviceTreeNode): State {
  const attributes = [...node.attributes].map(([name, value]): State => {
    if (value.kind === "strings") return { name, kind: value.kind, values: [...value.strings] };
    return { name, kind: value.kind, values: value.kind === "cells" ? [...value.cells] : [...value.bytes] };
  });
  return { name: node.name, attributes, children: node.children.map(saveNode) };
}

function restoreNode(node: DeviceTreeNode, state: State): void {
  node.attributes.clear();
  node.children.length = 0;
  for (const { name, kind, values } of state.attributes as State[]) {
    const value =
      kind === "strings"
        ? strings(...(values as string[]))
        : kind === "cells"
          ? cells(...(values as number[]))
          : { kind: "bytes" as const, bytes: values as number[] };
    node.set(name as string, value);
  }
  for (const child of state.children as State[]) restoreNode(node.add(child.name as string), child);
}

export class DeviceTree implements Stateful {
  readonly root = new DeviceTreeNode("");

  /** `undefined` when no such node exists; a path starts at the root. */
  find(path: string): DeviceTreeNode | undefined {
    if (!path.startsWith("/")) return undefined;
    let node: DeviceTreeNode | undefined = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) node = node?.child(name);
    return node;
  }

  /** The node at `path`, made with its parents when absent. */
  ensure(path: string): DeviceTreeNode {
    let node = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) node = node.add(name);
    return node;
  }

  save(): State {
    return saveNode(this.root);
  }

  restore(state: State): void {
    restoreNode(this.root, state);
  }
}
