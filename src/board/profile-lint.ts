/** What the schema cannot judge in a profile: overlaps, wiring, known models, alignment, images on disk. */
import { existsSync } from "node:fs";
import { hexAddress, nameHint } from "../base/index.ts";
import { MAX_RAM_SIZE_BYTES } from "../memory/index.ts";
import { imagePaths } from "./board-images.ts";
import { treeFindings } from "./device-tree-lint.ts";
import { type Finding, profileFinding } from "./errors.ts";
import type { FdtNode } from "./fdt-tree.ts";
import type { JsonPath } from "./json-source.ts";
import type { Board } from "./profile.ts";

/** What the lint may know of a device model; the table of the models themselves fits. */
export interface ModelFacts {
  /** Interrupt lines others may drive. */
  readonly inputs?: number;
  /** Names of its interrupt outputs, in the order of a profile's `irqs`. */
  readonly irqOutputs?: readonly string[];
  /** Size of its register window. */
  readonly registerSizeBytes?: number;
}

export interface LintOptions {
  /** The device models there are; without it, model names and their limits are not judged. */
  models?: Readonly<Record<string, ModelFacts>>;
  /** Where the guest's images are cached; given, images that are missing on disk are warned of. */
  imageFolder?: string;
  /** The root of the tree that the guest gets; given, the profile is compared with it. */
  deviceTree?: FdtNode;
}

/** Registers are words. */
const DEVICE_ALIGN_ORDER = 2;

/** Something with an address: a region or a device. */
interface Span {
  name: string;
  address: number;
  sizeBytes: number;
  path: JsonPath;
}

const spansOf = ({ profile }: Board): Span[] => [
  ...profile.regions.map((region, index) => ({ ...region, path: ["regions", index] })),
  ...profile.devices.map((device, index) => ({ ...device, path: ["devices", index] })),
];

const rangeText = ({ address, sizeBytes }: Span): string =>
  `${hexAddress(address)}-${hexAddress(address + sizeBytes - 1)}`;

class Linter {
  readonly findings: Finding[] = [];
  private readonly board: Board;

  constructor(board: Board) {
    this.board = board;
  }

  add(code: string, path: JsonPath, message: string, hint?: string): void {
    this.findings.push({ code, severity: "error", message, hint, ...this.board.source.positionOf(path) });
  }

  warn(code: string, path: JsonPath, message: string, hint?: string): void {
    this.findings.push({ code, severity: "warning", message, hint, ...this.board.source.positionOf(path) });
  }

  place(path: JsonPath): string {
    const { line, column } = this.board.source.positionOf(path);
    return `line ${line}, column ${column}`;
  }
}

function lintNames(lint: Linter, board: Board): void {
  const first = new Map<string, JsonPath>();
  for (const { name, path } of spansOf(board)) {
    const earlier = first.get(name);
    if (name === "cpu") lint.add("profile-name-taken", [...path, "name"], `"cpu" is the CPU's own name in wires`);
    if (earlier === undefined) first.set(name, [...path, "name"]);
    else
      lint.add(
        "profile-name-duplicate",
        [...path, "name"],
        `expected each name once, found "${name}" also at ${lint.place(earlier)}`,
      );
  }
}

function lintOverlaps(lint: Linter, board: Board): void {
  const spans = spansOf(board).sort((a, b) => a.address - b.address);
  for (const [index, span] of spans.entries()) {
    if (span.address + span.sizeBytes > 2 ** 32) {
      lint.add("profile-overlap", [...span.path, "address"], `${span.name} goes past the end of the address space`);
    }
    for (const other of spans.slice(index + 1)) {
      if (other.address >= span.address + span.sizeBytes) break;
      lint.add(
        "profile-overlap",
        [...other.path, "address"],
        `${other.name} (${rangeText(other)}) overlaps ${span.name} (${rangeText(span)}, at ${lint.place([...span.path, "address"])})`,
        `move one of them, or make ${span.name} smaller`,
      );
    }
  }
}

function lintAlignment(lint: Linter, board: Board): void {
  const aligned = [
    ...board.profile.regions.map((region, index) => ({ ...region, path: ["regions", index] as JsonPath })),
    ...board.profile.devices.map((device, index) => ({
      ...device,
      alignOrder: DEVICE_ALIGN_ORDER,
      path: ["devices", index] as JsonPath,
    })),
  ];
  for (const { name, address, sizeBytes, alignOrder, path } of aligned) {
    const unit = 2 ** alignOrder;
    const unitText = `a multiple of 0x${unit.toString(16)}`;
    if (address % unit !== 0)
      lint.add(
        "profile-alignment",
        [...path, "address"],
        `${name}: expected ${unitText} as its address, found ${hexAddress(address)}`,
      );
    if (sizeBytes % unit !== 0)
      lint.add(
        "profile-alignment",
        [...path, "size"],
        `${name}: expected ${unitText} as its size, found 0x${sizeBytes.toString(16)}`,
      );
  }
}

function lintModels(lint: Linter, board: Board, models: Readonly<Record<string, ModelFacts>>): void {
  for (const [index, device] of board.profile.devices.entries()) {
    const path = ["devices", index];
    if (!Object.hasOwn(models, device.model)) {
      lint.add(
        "profile-model-unknown",
        [...path, "model"],
        `${device.name}: expected a known device model, found "${device.model}"`,
        nameHint("models", device.model, Object.keys(models)),
      );
      continue;
    }
    const { irqOutputs, registerSizeBytes } = models[device.model];
    if (irqOutputs !== undefined && device.irqs.length > irqOutputs.length)
      lint.add(
        "profile-wiring",
        [...path, "irqs", irqOutputs.length],
        `${device.name}: expected at most ${irqOutputs.length} wires for model ${device.model}, found ${device.irqs.length}`,
        `its outputs: ${irqOutputs.join(", ") || "none"}`,
      );
    if (registerSizeBytes !== undefined && device.sizeBytes > registerSizeBytes)
      lint.add(
        "profile-size",
        [...path, "size"],
        `${device.name}: expected at most 0x${registerSizeBytes.toString(16)} bytes for model ${device.model}, found 0x${device.sizeBytes.toString(16)}`,
      );
  }
}

/** Wires that lead nowhere, to lines that do not exist, or two to one line. */
function lintWiring(lint: Linter, board: Board, models: Readonly<Record<string, ModelFacts>> | undefined): void {
  const targets = new Map(board.profile.devices.map((device) => [device.name, device]));
  const takenBy = new Map<string, { name: string; path: JsonPath; shared: boolean }>();
  for (const [index, { name, irqs }] of board.profile.devices.entries()) {
    for (const [output, { to, line, shared = false }] of irqs.entries()) {
      const path = ["devices", index, "irqs", output];
      const target = targets.get(to);
      const inputs = target === undefined ? undefined : models?.[target.model]?.inputs;
      if (to !== "cpu" && target === undefined)
        lint.add(
          "profile-wire-unknown",
          path,
          `${name}: expected a wire to a device of this board or to "cpu", found "${to}:${line}"`,
          nameHint("devices", to, ["cpu", ...targets.keys()]),
        );
      else if ((to === "cpu") !== (typeof line === "string"))
        lint.add(
          "profile-wiring",
          path,
          `${name}: expected "cpu:irq", "cpu:fiq" or a numbered line of a controller, found "${to}:${line}"`,
        );
      else if (
        target !== undefined &&
        models !== undefined &&
        Object.hasOwn(models, target.model) &&
        inputs === undefined
      )
        lint.add(
          "profile-wiring",
          path,
          `${name}: expected a wire to an interrupt controller, found that ${to} (${target.model}) takes none`,
        );
      else if (typeof line === "number" && inputs !== undefined && line >= inputs)
        lint.add("profile-wiring", path, `${name}: expected a line of ${to} from 0 to ${inputs - 1}, found ${line}`);
      const earlier = takenBy.get(`${to}:${line}`);
      if (earlier === undefined) takenBy.set(`${to}:${line}`, { name, path, shared });
      else if (!shared || !earlier.shared)
        lint.add(
          "profile-irq-clash",
          path,
          `${name} drives ${to}:${line}, which ${earlier.name} drives too (${lint.place(earlier.path)})`,
          "give each output a line of its own, or mark all of them as shared",
        );
    }
  }
}

const isPattern = (text: string): string | undefined => {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Guest RAM against the host's and against the boot addresses; the patterns; the UARTs. */
function lintPatterns(lint: Linter, patterns: { readyPattern: string; shellPrompt: string }, path: JsonPath): void {
  for (const key of ["readyPattern", "shellPrompt"] as const) {
    const problem = isPattern(patterns[key]);
    if (problem !== undefined)
      lint.add("profile-pattern", [...path, key], `expected a regular expression, found: ${problem}`);
  }
}

function lintGuest(lint: Linter, board: Board): void {
  const { regions, host, boot, devices } = board.profile;
  const ramBytes = regions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (host.ramSizeBytes % 0x10000 !== 0)
    lint.add("profile-alignment", ["host", "ramSize"], "host RAM: expected a multiple of 0x10000 as its size");
  if (host.ramSizeBytes > MAX_RAM_SIZE_BYTES)
    lint.add(
      "profile-ram-too-large",
      ["host", "ramSize"],
      `host RAM: expected at most ${MAX_RAM_SIZE_BYTES} bytes, found ${host.ramSizeBytes}`,
    );
  if (ramBytes >= host.ramSizeBytes)
    lint.add(
      "profile-ram-too-large",
      ["guest", "memory"],
      `expected guest memory smaller than the host's RAM of ${host.ramSizeBytes} bytes, found ${ramBytes}`,
    );
  if (!regions.some(({ type }) => type.endsWith("ram")))
    lint.add("profile-ram-missing", ["regions"], "expected a region of type alloced_ram or ram, found none");
  for (const key of ["kernelAddress", "deviceTreeAddress", "initrdAddress"] as const) {
    const address = boot[key];
    const holds = regions.some(
      (r) => address !== undefined && address >= r.address && address < r.address + r.sizeBytes,
    );
    if (address !== undefined && !holds)
      lint.add(
        "profile-boot-address",
        ["boot", key],
        `expected an address in guest memory, found ${hexAddress(address)}`,
      );
  }
  lintPatterns(lint, boot, ["boot"]);
  for (const [name, rootfs] of Object.entries(boot.rootfs)) lintPatterns(lint, rootfs, ["boot", "rootfs", name]);
  if (!devices.some(({ serial }) => serial))
    lint.warn("profile-serial-missing", ["devices"], 'no device has "serial": true, so the guest has no console');
}

function lintImages(lint: Linter, board: Board, imageFolder: string): void {
  const files = imagePaths(board, imageFolder);
  const named = (["kernel", "deviceTree", "initrd"] as const).map((key) => ({
    at: [key] as JsonPath,
    path: files[key],
  }));
  const overlays = files.overlays.map((path, index) => ({ at: ["overlays", index] as JsonPath, path }));
  for (const { at, path } of [...named, ...overlays]) {
    if (path !== undefined && !existsSync(path))
      lint.warn(
        "profile-image-missing",
        ["boot", "images", ...at],
        `expected a file ${path}, found none`,
        `komainu guest build ${board.profile.name}, or guest fetch, where Debian has its kernel`,
      );
  }
}

/** Everything wrong with a profile that parsed, in the order of its lines. */
export function lintProfile(board: Board, options: LintOptions = {}): Finding[] {
  const lint = new Linter(board);
  lintNames(lint, board);
  lintOverlaps(lint, board);
  lintAlignment(lint, board);
  if (options.models !== undefined) lintModels(lint, board, options.models);
  lintWiring(lint, board, options.models);
  lintGuest(lint, board);
  if (options.imageFolder !== undefined) lintImages(lint, board, options.imageFolder);
  if (options.deviceTree !== undefined) {
    for (const { path, ...finding } of treeFindings(board.profile, options.deviceTree, options.models ?? {})) {
      lint.findings.push({ ...finding, ...board.source.positionOf(path) });
    }
  }
  return lint.findings.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Throws the first error the lint finds, with its place; warnings pass. */
export function requireSoundProfile(board: Board, options: LintOptions = {}): void {
  const errors = lintProfile(board, options).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw profileFinding(board.path, errors);
}
