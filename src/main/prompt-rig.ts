/** Boards for scenarios: powered, and at the first prompt of their shell where that is wanted, booted or kept. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Logger, silentLogger } from "../base/index.ts";
import type { Images } from "../board/index.ts";
import type { PowerRig, Rig, RigRequest } from "../scenario/index.ts";
import type { Engine } from "../vm/index.ts";
import type { BootCacheOption } from "./options.ts";
import { type PoweredBoard, powerOn } from "./power-on.ts";
import { PromptBoot } from "./prompt-boot.ts";

export interface RigOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly engine?: Engine;
  readonly bootCache: BootCacheOption;
  /** Virtual seconds that a boot may take. */
  readonly bootSeconds: number;
  readonly log?: Logger;
  readonly isInterrupted?: () => boolean;
}

const digestOf = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

const imageDigests = ({ kernel, deviceTree, initrd, overlays }: Images): Rig["images"] => ({
  kernel: digestOf(kernel),
  deviceTree: digestOf(deviceTree),
  initrd: initrd === undefined ? undefined : digestOf(initrd),
  overlays: overlays.map(digestOf),
});

/** The board and its images, as a journal tells them. */
export function identityOf({ board, images, rootfs }: PoweredBoard): Pick<Rig, "board" | "images"> {
  return {
    board: { name: board.profile.name, profile: readFileSync(board.path, "utf8") },
    images: { ...imageDigests(images), rootfs: rootfs?.imageSha256 },
  };
}

function rigOf(powered: PoweredBoard, printed: Uint8Array): Rig {
  const { machine, consolePort } = powered;
  return {
    machine,
    consolePort,
    printed,
    ...identityOf(powered),
  };
}

/** A maker of rigs; each call gives a machine of its own. */
export function rigPower(options: RigOptions): PowerRig {
  const { env, engine, bootCache, bootSeconds, log = silentLogger(), isInterrupted = () => false } = options;
  return async ({ board, append, rootfs, baudPacing, epochSeconds, start, disk }: RigRequest): Promise<Rig> => {
    const powered = powerOn({
      board,
      append,
      rootfs,
      baudPacing,
      epochSeconds,
      env,
      engine,
      log,
      clock: "virtual",
      blockDevice: disk,
      translationCache: "on",
      bootCache: start === "prompt" ? bootCache : "off",
      bootLimitNs: bootSeconds * 1e9,
    });
    if (start === "off") return rigOf(powered, new Uint8Array());
    const boot = new PromptBoot(powered, { timeoutSeconds: bootSeconds, isInterrupted });
    const printed: number[] = [];
    boot.onByte = (byte) => printed.push(byte);
    await boot.run();
    boot.stop();
    powered.translations?.save();
    return rigOf(powered, Uint8Array.from(printed));
  };
}
