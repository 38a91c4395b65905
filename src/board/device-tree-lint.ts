/**
 * Where a profile and the device tree that its guest gets disagree: the guest's drivers believe the tree.
 *
 * Parts that the board has and the tree does not are no disagreement: no driver looks for them.
 */
import { hexAddress } from "../base/index.ts";
import { type TreeDevice, type TreeInterrupt, treeDevices } from "./device-tree-facts.ts";
import type { FdtNode } from "./fdt-tree.ts";
import type { JsonPath } from "./json-source.ts";
import type { Profile, ProfileDevice } from "./profile-schema.ts";

/** The names of a device model's interrupt outputs; a part that is not fitted has none. */
export interface ModelOutputs {
  readonly irqOutputs?: readonly string[];
}

export interface TreeFinding {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly path: JsonPath;
  readonly message: string;
  readonly hint?: string;
}

const TREE_PATH: JsonPath = ["boot", "images", "deviceTree"];

class TreeLinter {
  private readonly profile: Profile;
  private readonly models: Readonly<Record<string, ModelOutputs>>;

  constructor(profile: Profile, models: Readonly<Record<string, ModelOutputs>>) {
    this.profile = profile;
    this.models = models;
  }

  *findings(tree: TreeDevice): Generator<TreeFinding> {
    const { regions, devices } = this.profile;
    const isThere = [...regions, ...devices].some(
      ({ address, sizeBytes }) => tree.address >= address && tree.address < address + sizeBytes,
    );
    if (!isThere) {
      yield {
        code: "profile-tree-device",
        severity: "warning",
        path: TREE_PATH,
        message: `the device tree has ${tree.path} at ${hexAddress(tree.address)}, where the board has nothing`,
        hint: 'add a device there; model "zero" stands for a part that is not fitted',
      };
      return;
    }
    const index = devices.findIndex(({ address }) => address === tree.address);
    if (index < 0) return;
    const device = devices[index];
    if (device.sizeBytes < tree.sizeBytes) {
      yield {
        code: "profile-tree-size",
        severity: "warning",
        path: ["devices", index, "size"],
        message: `${device.name}: expected 0x${tree.sizeBytes.toString(16)} bytes, as the device tree has ${tree.path}, found 0x${device.sizeBytes.toString(16)}`,
      };
    }
    yield* this.interruptFindings(device, index, tree);
  }

  private *interruptFindings(device: ProfileDevice, index: number, tree: TreeDevice): Generator<TreeFinding> {
    const outputs = this.models[device.model]?.irqOutputs ?? [];
    if (outputs.length === 0) return;
    for (const interrupt of tree.interrupts) {
      const controller = this.profile.devices.find(({ address }) => address === interrupt.controllerAddress);
      if (controller === undefined || this.reaches(device, controller, interrupt)) continue;
      const wires = device.irqs.map(({ to, line }) => `${to}:${line}`).join(", ");
      yield {
        code: "profile-tree-interrupt",
        severity: "error",
        path: ["devices", index, "irqs"],
        message: `${device.name}: expected a wire to ${controller.name}:${interrupt.line}, as the device tree has ${tree.path}, found ${wires || "none"}`,
        hint: "the guest's driver waits for that line: change the wire, or give the board another device tree",
      };
    }
  }

  /** By a wire of its own, or through a controller that passes its lines on. */
  private reaches(device: ProfileDevice, controller: ProfileDevice, { line }: TreeInterrupt): boolean {
    const drives = ({ irqs }: ProfileDevice): boolean =>
      irqs.some((wire) => wire.to === controller.name && wire.line === line);
    if (drives(device)) return true;
    return device.irqs.some(({ to }) => this.profile.devices.some((between) => between.name === to && drives(between)));
  }
}

/** In the order of the tree. */
export function treeFindings(
  profile: Profile,
  root: FdtNode,
  models: Readonly<Record<string, ModelOutputs>>,
): TreeFinding[] {
  const linter = new TreeLinter(profile, models);
  return treeDevices(root).flatMap((tree) => [...linter.findings(tree)]);
}
