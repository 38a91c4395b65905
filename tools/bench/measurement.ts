/** Runs the machines turn by turn, so that a slow minute of the host falls on both. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KomainuOptions, keptCaches, measureKomainu } from "./komainu-session.ts";
import { measureQemu, type QemuOptions } from "./qemu-session.ts";
import type { Job, SessionSample } from "./sample.ts";
import type { Samples } from "./summary.ts";

export interface Plan {
  jobs: readonly Job[];
  repeatCount: number;
  komainu: Omit<KomainuOptions, "cacheFolder" | "translations" | "bootCache">;
  qemu: QemuOptions;
  /** Called before each life of a machine. */
  onProgress: (text: string) => void;
}

/** Does `work` with an empty folder that goes away afterwards, also when this process is interrupted. */
async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "komainu-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.removeListener("exit", remove);
  }
}

async function measureIn(folder: string, plan: Plan): Promise<Samples> {
  const samples = {
    komainu: [] as SessionSample[],
    komainuWarm: [] as SessionSample[],
    komainuRestored: [] as SessionSample[],
    qemu: [] as SessionSample[],
  };
  const kept = keptCaches(plan.komainu);
  // The interpreter has none to keep.
  const isKept = plan.komainu.engine !== "interp" && kept.translations;
  const bootCache = kept.boot ? "off" : undefined;
  const base = { ...plan.komainu, cacheFolder: join(folder, "cache"), bootCache };
  const cold = { ...base, translations: isKept ? "off" : undefined };
  const warm = { ...base, translations: join(folder, "translations") };
  const restored = { ...warm, bootCache: join(folder, "boots") };
  if (isKept) {
    plan.onProgress("Komainu, not timed, for the warm starts");
    await measureKomainu(warm, []);
  }
  if (kept.boot) {
    plan.onProgress("Komainu, not timed, for the starts from a kept boot");
    await measureKomainu(restored, []);
  }
  for (let i = 1; i <= plan.repeatCount; i++) {
    const round = `${i} of ${plan.repeatCount}`;
    plan.onProgress(`${round}: Komainu`);
    samples.komainu.push(await measureKomainu(cold, plan.jobs));
    if (isKept) {
      plan.onProgress(`${round}: Komainu, warm start`);
      samples.komainuWarm.push(await measureKomainu(warm, []));
    }
    if (kept.boot) {
      plan.onProgress(`${round}: Komainu, start from a kept boot`);
      samples.komainuRestored.push(await measureKomainu(restored, []));
    }
    plan.onProgress(`${round}: QEMU`);
    samples.qemu.push(await measureQemu(plan.qemu, plan.jobs));
  }
  return samples;
}

export const measure = (plan: Plan): Promise<Samples> => withFolder((folder) => measureIn(folder, plan));
