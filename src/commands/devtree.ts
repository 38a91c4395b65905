/** `devtree`: nodes and attributes of the host device tree. */
import { Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { choice, failed, ok, parseNumber, repeated, word } from "../shell/index.ts";
import type { AttributeValue, DeviceTreeNode } from "../vm/index.ts";
import { attributeText } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

const attributeTypes = [
  "unknown",
  "string",
  "bytes",
  "uint32",
  "uint64",
  "physaddr",
  "physsize",
  "virtaddr",
  "virtsize",
] as const;

/** Paths of every node, for completion. */
function pathsBelow(node: DeviceTreeNode): string[] {
  return [node.path, ...node.children.flatMap(pathsBelow)];
}

const nodePath = word("node_path", ({ hv }: CommandContext) => pathsBelow(hv.deviceTree.root));
const sourcePath = word("src_node_path", ({ hv }: CommandContext) => pathsBelow(hv.deviceTree.root));
const attributeName = word("attr_name");

function withNode({ hv }: CommandContext, path: string, use: (node: DeviceTreeNode) => CommandResult): CommandResult {
  const node = hv.deviceTree.find(path);
  return node === undefined ? failed(Status.fail, `Error: Unable to find node at ${path}\n`) : use(node);
}

const missingAttribute = (name: string): CommandResult => failed(Status.fail, `Error: Unable to find attr ${name}\n`);

const plainValue = (value: AttributeValue): string[] | number[] => {
  if (value.kind === "strings") return [...value.strings];
  return value.kind === "cells" ? [...value.cells] : [...value.bytes];
};

/** A value of the given type from words, or what is wrong with them. */
function parseValue(type: string, words: readonly string[]): AttributeValue | string {
  if (type === "string") return { kind: "strings", strings: words };
  const numbers = words.map(parseNumber);
  const wrong = numbers.indexOf(undefined);
  if (wrong >= 0) return `expected numbers for type ${type}, found "${words[wrong]}"`;
  const values = numbers as number[];
  const isBytes = type === "bytes" || type === "unknown";
  const limit = isBytes ? 2 ** 8 : type === "uint64" ? Number.MAX_SAFE_INTEGER : 2 ** 32;
  const tooLarge = values.find((value) => value >= limit);
  if (tooLarge !== undefined) return `expected values below ${limit} for type ${type}, found ${tooLarge}`;
  if (isBytes) return { kind: "bytes", bytes: values };
  if (type !== "uint64") return { kind: "cells", cells: values };
  return { kind: "cells", cells: values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]) };
}

function showAttributes(node: DeviceTreeNode): CommandResult {
  const lines = [...node.attributes].map(([name, value]) => `\t${name} = ${attributeText(value)};\n`);
  const data = Object.fromEntries([...node.attributes].map(([name, value]) => [name, plainValue(value)]));
  return ok(lines.join(""), data);
}

const attributeForms = [
  form({
    words: "attr show",
    args: { path: nodePath },
    run: (context, { path }) => withNode(context, path, showAttributes),
  }),
  form({
    words: "attr set",
    args: {
      path: nodePath,
      name: attributeName,
      type: choice("attr_type", attributeTypes),
      values: repeated(word("val")),
    },
    run: (context, { path, name, type, values }) =>
      withNode(context, path, (node) => {
        const value = parseValue(type, values);
        if (typeof value === "string") return failed(Status.invalid, `Error: ${value}\n`);
        node.set(name, value);
        return ok();
      }),
  }),
  form({
    words: "attr get",
    args: { path: nodePath, name: attributeName },
    run: (context, { path, name }) =>
      withNode(context, path, (node) => {
        const value = node.attributes.get(name);
        if (value === undefined) return missingAttribute(name);
        return ok(`${name} = ${attributeText(value)};\n`, plainValue(value));
      }),
  }),
  form({
    words: "attr del",
    args: { path: nodePath, name: attributeName },
    run: (context, { path, name }) =>
      withNode(context, path, (node) => (node.attributes.delete(name) ? ok() : missingAttribute(name))),
  }),
];

const nodeNamePattern = /^[A-Za-z0-9,._+@-]{1,31}$/;

/** Adds a child, copied from `source` if given. */
function addNode(parent: DeviceTreeNode, name: string, source?: DeviceTreeNode): CommandResult {
  if (!nodeNamePattern.test(name)) {
    return failed(
      Status.invalid,
      `Error: expected a node name of at most 31 characters [A-Za-z0-9,._+@-], found "${name}"\n`,
    );
  }
  if (parent.child(name) !== undefined) {
    return failed(Status.exists, `Error: expected no node ${name} under ${parent.path}, found one\n`);
  }
  if (source === undefined) parent.add(name);
  else parent.addCopy(name, source);
  return ok();
}

function deleteNode(node: DeviceTreeNode): CommandResult {
  if (node.parent === undefined) return failed(Status.invalid, "Error: expected a node other than the root, found /\n");
  node.remove();
  return ok();
}

export const devtree: CommandFamily<CommandContext> = {
  name: "devtree",
  summary: "show and edit the host device tree",
  forms: [
    ...attributeForms,
    form({
      words: "node show",
      args: { path: nodePath },
      run: (context, { path }) => withNode(context, path, (node) => ok(node.text(false))),
    }),
    form({
      words: "node dump",
      args: { path: nodePath },
      run: (context, { path }) => withNode(context, path, (node) => ok(node.text(true))),
    }),
    form({
      words: "node add",
      args: { path: nodePath, name: word("node_name") },
      run: (context, { path, name }) => withNode(context, path, (node) => addNode(node, name)),
    }),
    form({
      words: "node copy",
      args: { path: nodePath, name: word("node_name"), source: sourcePath },
      run: (context, { path, name, source }) =>
        withNode(context, path, (node) => withNode(context, source, (from) => addNode(node, name, from))),
    }),
    form({
      words: "node del",
      args: { path: nodePath },
      run: (context, { path }) => withNode(context, path, deleteNode),
    }),
  ],
};
