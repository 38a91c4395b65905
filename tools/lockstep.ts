/**
 * Boots the same guest on the interpreter and on the compiler, side by side in slices of random length, and compares
 * them: `node tools/lockstep.mjs [--board NAME] [--seed N] [--max N] [--slice N] [--deep N] [--hot N] [--translations DIR]
 * [--restore] [--command TEXT]...`. With a folder, the compiler uses and leaves code there: the
 * second run is a warm one.
 *
 * After every slice CPU state, exception counts, virtual time and the number of printed bytes are compared, and every
 * `--deep` instructions a hash of everything, RAM and devices too. When the shell is there the commands are typed.
 * Exit code 0: equal all the way; 1: not so.
 */
import { parseArgs } from "node:util";
import { FLAG_T, PC } from "../src/arm/core/index.ts";
import { JitCpu, type Tuning } from "../src/arm/jit/index.ts";
import type { Random } from "../test/arm/fuzz/random.ts";
import { makeRandom } from "../test/arm/fuzz/random.ts";
import { codeAround, registerLines } from "./lockstep/difference.ts";
import { MachinePair } from "./lockstep/machine-pair.ts";

/** Work of many kinds: processes, pipes, faults and signals, text, compression, modules of the kernel. */
const DEFAULT_COMMANDS = [
  "ls -l / /bin | wc",
  "cat /proc/cpuinfo /proc/interrupts /proc/meminfo",
  "ps",
  "i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; echo $i",
  "dd if=/dev/zero bs=16k count=32 2>/dev/null | md5sum",
  "cat /bin/busybox | gzip -1 | gunzip | sha1sum",
  "sh -c 'kill -SEGV $$'; echo $?",
  "awk 'BEGIN { for (i = 0; i < 3000; i++) s += i * 1.5; print s }'",
  "find / -xdev -type f | sort | tail -3",
  "sleep 1; dmesg | tail -2; uname -a",
];
const DEFAULT_SLICE = 20_011;
const DEFAULT_DEEP = 20e6;
const REPORT_STEP = 25e6;

interface Settings {
  readonly seed: number;
  readonly maxInstructions: number;
  readonly slice: number;
  readonly deep: number;
  readonly board: string;
  readonly tuning: Partial<Tuning>;
  readonly translations: string | undefined;
  readonly restores: boolean;
  readonly commands: readonly string[];
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  console.error(`error: expected a whole number from 1 after --${name}, found ${text}`);
  process.exit(2);
}

function settingsFromArguments(): Settings {
  const string = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      seed: string,
      max: string,
      slice: string,
      deep: string,
      hot: string,
      translations: string,
      board: { type: "string", default: "versatilepb" },
      restore: { type: "boolean", default: false },
      command: { type: "string", multiple: true },
    },
  });
  const hotEntries = numberOf("hot", values.hot);
  return {
    seed: numberOf("seed", values.seed) ?? 1,
    maxInstructions: numberOf("max", values.max) ?? Number.POSITIVE_INFINITY,
    slice: numberOf("slice", values.slice) ?? DEFAULT_SLICE,
    deep: numberOf("deep", values.deep) ?? DEFAULT_DEEP,
    board: values.board,
    translations: values.translations,
    tuning: { ...(hotEntries && { hotEntries }) },
    restores: values.restore,
    commands: values.command ?? DEFAULT_COMMANDS,
  };
}

/** Mostly of any length up to the largest; now and then a few instructions. */
const sliceLength = (random: Random, largest: number): number => 1 + random.below(random.oneIn(8) ? 40 : largest);

class Lockstep {
  readonly pair: MachinePair;
  private readonly settings: Settings;
  private readonly random: Random;
  private readonly waiting: string[];
  private nextDeep: number;
  comparisons = 0;
  deepComparisons = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    this.random = makeRandom(settings.seed);
    this.waiting = [...settings.commands];
    this.nextDeep = settings.deep;
    this.pair = new MachinePair(settings);
  }

  /** True when it is equal to the end. */
  run(): boolean {
    const { pair, settings } = this;
    let nextReport = REPORT_STEP;
    while (pair.instructions() < settings.maxInstructions) {
      if (!this.step()) return false;
      if (pair.interp.watch.isMatched && !this.typeNext()) break;
      if (pair.instructions() < nextReport) continue;
      nextReport += REPORT_STEP;
      console.log(`${this.progress()}, equal`);
    }
    return this.compareAll();
  }

  private step(): boolean {
    const { pair, settings, random } = this;
    const before = pair.interp.words();
    const limit = settings.maxInstructions - pair.instructions();
    const differences = pair.runSlice(Math.min(sliceLength(random, settings.slice), limit));
    this.comparisons++;
    if (differences.length > 0) {
      this.report(differences, before.cpu);
      return false;
    }
    if (pair.instructions() < this.nextDeep) return true;
    this.nextDeep += settings.deep;
    if (!this.compareAll()) return false;
    if (settings.restores) pair.restoreJit();
    return true;
  }

  private compareAll(): boolean {
    this.deepComparisons++;
    const differences = this.pair.compareAll();
    if (differences.length > 0) this.report(differences, this.pair.interp.words().cpu);
    return differences.length === 0;
  }

  /** False when nothing is left to type. */
  private typeNext(): boolean {
    const line = this.waiting.shift();
    if (line === undefined) return false;
    for (const machine of this.pair.machines) machine.type(line);
    return true;
  }

  private progress(): string {
    const { pair, waiting, settings } = this;
    const done = settings.commands.length - waiting.length;
    return `${(pair.instructions() / 1e6).toFixed(1)} M instructions, ${done} of ${settings.commands.length} commands typed`;
  }

  private report(differences: readonly string[], before: readonly number[]): void {
    const { pair } = this;
    const isThumb = before[FLAG_T] !== 0;
    const lines = [
      `${this.progress()}: DIFFERENT after a slice (interpreter and compiler)`,
      ...differences.map((line) => `* ${line}`),
      "at the start of the slice:",
      ...codeAround(pair.interp.machine, before[PC], isThumb),
    ];
    for (const each of pair.machines) {
      const words = each.words();
      lines.push(`${each.engine} at its end:`, ...registerLines(words));
      lines.push(...codeAround(each.machine, words.cpu[PC], words.cpu[FLAG_T] !== 0));
    }
    console.log(lines.join("\n"));
  }

  summary(): string {
    const { instructions, virtualNs: _ns, printedBytes: _bytes, ...exceptions } = this.pair.jit.words().other;
    const counts = Object.entries(exceptions).map(([name, count]) => `${name} ${count}`);
    const { cpu } = this.pair.jit.machine.running ?? {};
    if (cpu instanceof JitCpu) counts.push(`${cpu.counts.regions} regions compiled, ${cpu.counts.adopted} from before`);
    return `${instructions} instructions, ${this.comparisons} comparisons, ${this.deepComparisons} of them with RAM and devices; ${counts.join(", ")}`;
  }
}

const settings = settingsFromArguments();
console.log(`${settings.board}, seed ${settings.seed}, slices up to ${settings.slice} instructions`);
const lockstep = new Lockstep(settings);
const isEqual = lockstep.run();
console.log(`${lockstep.summary()}: ${isEqual ? "equal" : "DIFFERENT"}`);
lockstep.pair.jit.powered.translations?.save();
process.exitCode = isEqual ? 0 : 1;
