/** Runs the machines turn by turn, so that a slow minute of the host falls on both. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KomainuOptions, measureKomainu } from "./komainu-session.ts";
import { measureQemu, type QemuOptions } from "./qemu-session.ts";
import type { Job, SessionSample } from "./sample.ts";
import type { Samples } from "./summary.ts";

export interface Plan {
  jobs: readonly Job[];
  repeatCount: number;
  komainu: Omit<KomainuOptions, "cacheFolder">;
  qemu: QemuOptions;
  /** Called before each life of a machine. */
  onProgress: (text: string) => void;
}

/** A cold start with an empty cache folder; then, when Komainu has left something there, a warm one. */
async function measureColdAndWarm(plan: Plan, round: string): Promise<{ cold: SessionSample; warm?: SessionSample }> {
  const cacheFolder = mkdtempSync(join(tmpdir(), "komainu-bench-"));
  const options = { ...plan.komainu, cacheFolder };
  const remove = (): void => rmSync(cacheFolder, { recursive: true, force: true });
  // An interrupt ends this process without coming to the end of this function.
  process.once("exit", remove);
  try {
    plan.onProgress(`${round}: Komainu`);
    const cold = await measureKomainu(options, plan.jobs);
    if (readdirSync(cacheFolder).length === 0) return { cold };
    plan.onProgress(`${round}: Komainu, warm start`);
    return { cold, warm: await measureKomainu(options, []) };
  } finally {
    remove();
    process.removeListener("exit", remove);
  }
}

export async function measure(plan: Plan): Promise<Samples> {
  const samples = { komainu: [] as SessionSample[], komainuWarm: [] as SessionSample[], qemu: [] as SessionSample[] };
  for (let i = 1; i <= plan.repeatCount; i++) {
    const round = `${i} of ${plan.repeatCount}`;
    const { cold, warm } = await measureColdAndWarm(plan, round);
    samples.komainu.push(cold);
    if (warm !== undefined) samples.komainuWarm.push(warm);
    plan.onProgress(`${round}: QEMU`);
    samples.qemu.push(await measureQemu(plan.qemu, plan.jobs));
  }
  return samples;
}
