/** Board profiles with random damage: in the text, in the shape, and in the values, as people and programs make it. */

/** Numbers from 0 to 1. */
export type Random = () => number;

type Json = unknown;
type Holder = Record<string, Json> | Json[];

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)];

/** Values that somewhere break what was not thought of. */
const oddities: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 31),
  "",
  " ",
  "0",
  "0x",
  "0x0",
  "0xffffffff",
  "0x100000000",
  "4G",
  "5G",
  "1K",
  "96m",
  "cpu:irq",
  "cpu:fiq",
  "pic:0",
  "pic:9999",
  "nobody:3",
  "sic:31",
  "pic",
  "pl011",
  "zero",
  "sd-card",
  "__proto__",
  "constructor",
  "../../../../etc/passwd",
  "./",
  "/",
  "/dev/null",
  ".",
  "\u0000",
  "\ud800",
  "(",
  "[a-",
  "(a+)+$",
  "x".repeat(5_000),
  [],
  {},
  [[]],
  [null],
  { to: "pic", line: 1, shared: true },
  { to: "cpu", line: "irq" },
  Array.from({ length: 300 }, () => "pic:1"),
];

/** All objects and lists of a value, outermost first. */
function holdersOf(value: Json): Holder[] {
  if (value === null || typeof value !== "object") return [];
  return [value as Holder, ...Object.values(value).flatMap(holdersOf)];
}

/** An entry somewhere in the profile. */
function anyEntry(random: Random, root: Json): { holder: Holder; key: string } | undefined {
  const holders = holdersOf(root).filter((holder) => Object.keys(holder).length > 0);
  if (holders.length === 0) return undefined;
  const holder = pick(random, holders);
  return { holder, key: pick(random, Object.keys(holder)) };
}

const valueAt = (holder: Holder, key: string): Json => (holder as Record<string, Json>)[key];
const setAt = (holder: Holder, key: string, value: Json): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

function removeAt(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** A text that is almost the one there: a digit, a letter or a sign other. */
function nearText(random: Random, text: string): string {
  const at = below(random, text.length + 1);
  const other = pick(random, [...'0123456789abcdefxKMG:-_ "\\\n']);
  return text.slice(0, at) + other + text.slice(at + below(random, 3));
}

/** A value of the right form: what only the lint, the loader and the machine can judge. */
const plausible: Readonly<Record<string, (random: Random) => Json>> = {
  address: (random) => `0x${(below(random, 2 ** 20) * 4096).toString(16)}`,
  size: (random) => pick(random, ["4K", "64K", "1M", "96M", "2G", "4G", "0x24", "1", "3"]),
  ramSize: (random) => pick(random, ["64K", "1M", "64M", "256M", "1G", "2G", "4G", "100M", "65537"]),
  memory: (random) => pick(random, ["4K", "64K", "1M", "16M", "95M", "96M", "255M", "1G", "4G", "96M"]),
  alignOrder: (random) => 12 + below(random, 19),
  nsPerInstruction: (random) => 1 + below(random, 1000),
  kernelHz: (random) => 10 + below(random, 990),
  kernelAddress: (random) => `0x${(below(random, 2 ** 18) * 1024).toString(16)}`,
  deviceTreeAddress: (random) => below(random, 96 * 2 ** 20),
  initrdAddress: (random) => below(random, 96 * 2 ** 20),
  memorySize: (random) => pick(random, ["4K", "1M", "96M", "128M"]),
  machineId: (random) => below(random, 2 ** 32),
  type: (random) => pick(random, ["alloced_ram", "alloced_rom", "ram", "rom"]),
  model: (random) =>
    pick(random, ["pl011", "pl190", "sp804", "zero", "nor-flash", "virtio-mmio-blk", "arm1176jzf-s", "bcm2835-dma"]),
  irqs: (random) => Array.from({ length: below(random, 4) }, () => `pic:${below(random, 34)}`),
  options: (random) => ({ [pick(random, ["sizeBytes", "clockHz", "speed", "x"])]: pick(random, oddities) }),
  commandLine: (random) => "a ".repeat(below(random, 520)),
  serialNumber: () => "0123456789abcdef",
};

type Change = (random: Random, root: Json) => void;

function changePlausibly(random: Random, root: Json): void {
  const names = Object.keys(plausible);
  const entries = holdersOf(root).flatMap((holder) =>
    Array.isArray(holder) ? [] : names.filter((name) => Object.hasOwn(holder, name)).map((key) => ({ holder, key })),
  );
  if (entries.length === 0) return;
  // Each name as often as another: there are many devices and one host.
  const name = pick(random, [...new Set(entries.map(({ key }) => key))]);
  const { holder } = pick(
    random,
    entries.filter(({ key }) => key === name),
  );
  setAt(holder, name, plausible[name](random));
}

/** Members that a profile may leave out. */
function addPlausibly(random: Random, root: Json): void {
  const boot = (root as { boot?: Holder }).boot;
  const name = pick(random, ["deviceTreeAddress", "initrdAddress", "memorySize", "serialNumber", "kernelHz"]);
  if (boot !== undefined && boot !== null && typeof boot === "object") setAt(boot, name, plausible[name](random));
}

const changes: readonly Change[] = [
  changePlausibly,
  changePlausibly,
  changePlausibly,
  changePlausibly,
  addPlausibly,
  (random, root) => {
    const entry = anyEntry(random, root);
    if (entry !== undefined) setAt(entry.holder, entry.key, pick(random, oddities));
  },
  (random, root) => {
    const entry = anyEntry(random, root);
    if (entry !== undefined) removeAt(entry.holder, entry.key);
  },
  // A value from somewhere else in the profile.
  (random, root) => {
    const [from, to] = [anyEntry(random, root), anyEntry(random, root)];
    if (from !== undefined && to !== undefined)
      setAt(to.holder, to.key, structuredClone(valueAt(from.holder, from.key)));
  },
  (random, root) => {
    const entry = anyEntry(random, root);
    const value = entry === undefined ? undefined : valueAt(entry.holder, entry.key);
    if (entry !== undefined && typeof value === "string") setAt(entry.holder, entry.key, nearText(random, value));
  },
  (random, root) => {
    const entry = anyEntry(random, root);
    if (entry === undefined || Array.isArray(entry.holder)) return;
    const value = valueAt(entry.holder, entry.key);
    removeAt(entry.holder, entry.key);
    setAt(entry.holder, nearText(random, entry.key), value);
  },
  // The same once more: a device, a region, a wire.
  (random, root) => {
    const lists = holdersOf(root).filter((holder): holder is Json[] => Array.isArray(holder) && holder.length > 0);
    if (lists.length === 0) return;
    const list = pick(random, lists);
    list.splice(below(random, list.length), 0, structuredClone(pick(random, list)));
  },
];

/** Damage to the file itself. */
const textChanges: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => text.slice(0, below(random, text.length)),
  (random, text) => {
    const at = below(random, text.length);
    return text.slice(0, at) + text.slice(at + 1 + below(random, 5));
  },
  (random, text) => {
    const at = below(random, text.length);
    return text.slice(0, at) + String.fromCharCode(below(random, 0x200)) + text.slice(at + below(random, 2));
  },
  (random, text) => {
    const at = below(random, text.length);
    return (
      text.slice(0, at) +
      pick(random, ["{", "}", "[", "]", '"', ",", ":", "[".repeat(2_000), "-", "\\"]) +
      text.slice(at)
    );
  },
  (random, text) => {
    const lines = text.split("\n");
    const at = below(random, lines.length);
    lines.splice(below(random, lines.length), 0, lines[at]);
    return lines.join("\n");
  },
];

/** The profile with one to three pieces of damage. */
export function mutate(random: Random, text: string): string {
  let changed = text;
  for (let count = 1 + below(random, 3); count > 0; count--) {
    if (random() < 0.1) {
      changed = pick(random, textChanges)(random, changed);
      continue;
    }
    try {
      const root: Json = JSON.parse(changed);
      pick(random, changes)(random, root);
      changed = JSON.stringify(root, undefined, 2) ?? "";
    } catch {
      changed = pick(random, textChanges)(random, changed);
    }
  }
  return changed;
}
