/** `npm run bench [-- OPTIONS]`: Komainu against QEMU in one run on one machine; `docs/design/013-measuring-against-qemu.md`. */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { ExitCode, HvError } from "../src/base/index.ts";
import { DEFAULT_ENGINE } from "../src/main/options.ts";
import { findGuestFiles } from "./bench/guest-files.ts";
import { appendHistory, historyRow } from "./bench/history.ts";
import { hostFacts, QUIET_LOAD } from "./bench/host-facts.ts";
import { measure } from "./bench/measurement.ts";
import { type BenchOptions, parseBenchOptions } from "./bench/options.ts";
import { type Conditions, reportText } from "./bench/report.ts";
import type { Job } from "./bench/sample.ts";
import { summarize } from "./bench/summary.ts";
import { workloads } from "./bench/workload.table.ts";
import { build, program, root } from "./setup.mjs";

/** For one life of a machine: more than ten times what the interpreter needs. */
const LIMIT_SECONDS = 1_800;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** All workloads once, then all of them again. */
function jobsOf({ names, isQuick, roundCount }: BenchOptions): Job[] {
  const chosen = workloads.filter(({ name }) => names.includes(name));
  return Array.from({ length: roundCount }, (_, i) =>
    chosen.map(({ name, command, fullSize, quickSize }) => ({
      name,
      round: i + 1,
      command: command(isQuick ? quickSize : fullSize),
    })),
  ).flat();
}

function warnOfLoad(when: string): void {
  const [load] = loadavg();
  if (load > QUIET_LOAD)
    say(`warning: load average ${load.toFixed(2)} ${when}; the times are not those of a quiet machine`);
}

async function bench(options: BenchOptions): Promise<ExitCode> {
  const { board, nodePath, qemu, engine, repeatCount, roundCount, isQuick, note } = options;
  build();
  const files = findGuestFiles(board);
  const host = hostFacts({ folder: root, nodePath, qemu });
  warnOfLoad("at the start");
  const samples = await measure({
    jobs: jobsOf(options),
    repeatCount,
    komainu: { nodePath, program, engine, files, limitSeconds: LIMIT_SECONDS },
    qemu: { program: qemu, files, limitSeconds: LIMIT_SECONDS },
    onProgress: say,
  });
  const conditions: Conditions = {
    host,
    board: board.name,
    engine: engine ?? DEFAULT_ENGINE,
    guest: files.identity,
    repeatCount,
    roundCount,
    isQuick,
    note,
  };
  const summary = summarize(samples);
  process.stdout.write(reportText(summary, conditions, options.isMarkdown));
  if (options.jsonFile !== undefined) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ conditions, summary, samples }, undefined, 2)}\n`);
  }
  if (!summary.isSound) {
    say("error: the machines did not do the same work, see the last column; nothing is recorded");
    return ExitCode.failed;
  }
  if (options.isRecorded) appendHistory(join(root, "bench/history.csv"), historyRow(summary, conditions));
  return ExitCode.ok;
}

// `exit` handlers end the machine that is being measured.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(ExitCode.interrupted));
}
try {
  process.exitCode = await bench(parseBenchOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof HvError)) throw error;
  say(error.explain());
  process.exitCode = error.exitCode;
}
