/** YAML of a scenario file as plain values that know where they stand, so that a message can name line and column. */
import { type Document, isCollection, isNode, isPair, LineCounter, type Node, parseDocument } from "yaml";
import { type Place, scenarioSyntax } from "./errors.ts";

export type YamlPath = readonly (string | number)[];

export interface YamlSource {
  readonly value: unknown;
  /** Where the value at `path` begins; of a path that is not there, its nearest ancestor. */
  placeOf(path: YamlPath): Place;
  /** Where the name of a member begins. */
  keyPlaceOf(path: YamlPath): Place;
}

/** More than any board's tests are; a file of another kind is refused before it is parsed. */
const MAX_CHARACTERS = 1 << 20;
const MAX_DEPTH = 20;
/** Aliases make small files into large values. */
const MAX_ALIASES = 100;

function requireShallow(node: unknown, depth: number, fail: (offset: number) => never): void {
  if (isPair(node)) {
    requireShallow(node.value, depth, fail);
  } else if (isCollection(node)) {
    if (depth > MAX_DEPTH) fail(node.range?.[0] ?? 0);
    for (const item of node.items) requireShallow(item, depth + 1, fail);
  }
}

function nodeAt(document: Document, path: YamlPath): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node;
  }
  return undefined;
}

function keyOffset(document: Document, path: YamlPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isCollection(parent)) return undefined;
  for (const item of parent.items) {
    if (isPair(item) && isNode(item.key) && String(item.key) === String(path.at(-1))) return item.key.range?.[0];
  }
  return undefined;
}

/** Throws `scenario-syntax` at the first place that is no YAML. */
export function parseYaml(text: string, path: string): YamlSource {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (offset: number, problem: string): never => {
    throw scenarioSyntax(placeAt(offset), problem);
  };
  if (text.length > MAX_CHARACTERS) {
    throw scenarioSyntax(
      { path, line: 1, column: 1 },
      `expected at most ${MAX_CHARACTERS} characters, found ${text.length}`,
    );
  }
  let document: Document;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, schema: "core" });
    const [error] = document.errors;
    if (error !== undefined) fail(error.pos[0], error.message);
    requireShallow(document.contents, 0, (offset) => fail(offset, `expected at most ${MAX_DEPTH} levels of nesting`));
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The library throws what is wrong with aliases, and runs out of stack where a text nests without end.
    if (error instanceof Error && (error.name === "ReferenceError" || error instanceof RangeError)) {
      throw scenarioSyntax({ path, line: 1, column: 1 }, error.message);
    }
    throw error;
  }
  return {
    value,
    placeOf: (wanted) => placeAt(nodeAt(document, wanted)?.range?.[0] ?? 0),
    keyPlaceOf: (wanted) => placeAt(keyOffset(document, wanted) ?? nodeAt(document, wanted)?.range?.[0] ?? 0),
  };
}
