/** Runs random programs on both engines in slices of random length and compares them after each. */

import { FLAG_T } from "../../../../src/arm/core/index.ts";
import { rows } from "../../../../src/arm/decode/index.ts";
import { disassembleBytes } from "../../../../src/arm/disasm/index.ts";
import type { ExceptionCounts } from "../../../../src/arm/interp/index.ts";
import { JitCpu } from "../../../../src/arm/jit/index.ts";
import { differentWords, registerLines, type StateWords } from "../../../../tools/lockstep/difference.ts";
import { makeRandom, mixSeeds, type Random } from "../../fuzz/random.ts";
import { alwaysInterpreted } from "../always-interpreted.table.ts";
import { FuzzMachine } from "./fuzz-machine.ts";
import { DATA, DATA_PAGES, PAGE } from "./memory-map.table.ts";
import { makeProgram, type Program } from "./program.ts";
import { type Architecture, rowsOf } from "./random-instruction.ts";

export interface Campaign {
  readonly seed: number;
  /** 5 unless told. */
  readonly architecture?: Architecture;
  /** Instructions of all programs together. */
  readonly instructions: number;
  readonly firstProgram?: number;
  /** Of one program. */
  readonly programInstructions?: number;
}

export interface CampaignResult {
  programs: number;
  instructions: number;
  comparisons: number;
  reports: string[];
  /** Programs given up because they wrote to their translation tables by chance. */
  tainted: number;
  exceptions: ExceptionCounts;
  regions: number;
  exits: number[];
  retired: number;
  /** Executions by row in compiled code and in the interpreter of the compiling core. */
  compiledRows: Float64Array;
  interpretedRows: Float64Array;
}

const PROGRAM_INSTRUCTIONS = 2_000;
/** Shorter slices are tried up to this length when there is a difference. */
const LONGEST_SEARCH = 500;
const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

function sliceLength(random: Random): number {
  const kind = random.below(8);
  if (kind < 2) return 1 + random.below(8);
  return 1 + random.below(kind < 5 ? 200 : 2000);
}

/** What both machines get between two slices. */
interface Step {
  readonly length: number;
  readonly irq: boolean | undefined;
  readonly fiq: boolean | undefined;
  /** Data from outside, as by DMA. */
  readonly write: { readonly address: number; readonly data: Uint8Array } | undefined;
}

function makeStep(random: Random): Step {
  const data = Uint8Array.from({ length: random.pick([1, 4, 64]) }, () => random.below(256));
  return {
    length: sliceLength(random),
    irq: random.oneIn(3) ? random.oneIn(2) : undefined,
    fiq: random.oneIn(8) ? random.oneIn(2) : undefined,
    write: random.oneIn(10) ? { address: DATA + 64 * random.below((DATA_PAGES * PAGE) / 64), data } : undefined,
  };
}

function take(machine: FuzzMachine, { length, irq, fiq, write }: Step): void {
  const { core } = machine;
  if (irq !== undefined) core.setIrqLine(irq);
  if (fiq !== undefined) core.setFiqLine(fiq);
  if (write !== undefined) machine.writeMemory(write.address, write.data);
  machine.runTo(core.instructions() + length);
  // Nothing else would wake it.
  if (core.isHalted) core.setIrqLine(true);
}

function stateOf(machine: FuzzMachine): StateWords {
  const { core, deviceHash, deviceAccesses, isTainted } = machine;
  const other = { instructions: core.instructions(), deviceHash, deviceAccesses, tainted: Number(isTainted) };
  return { cpu: machine.words(), other: { ...other, ...core.exceptionCounts } };
}

function memoryDifferences(interp: FuzzMachine, jit: FuzzMachine): string[] {
  const [a, b] = [interp.host.ram(), jit.host.ram()];
  if (Buffer.from(a.buffer, a.byteOffset, a.length).equals(b)) return [];
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return [`memory at ${hex(at)}: ${a[at].toString(16)} and ${b[at].toString(16)}`];
}

/** The last instructions of a slice, by running the interpreter again one at a time. */
function trace(program: Program, steps: readonly Step[]): string[] {
  const machine = new FuzzMachine("interp", program);
  for (const step of steps.slice(0, -1)) take(machine, step);
  const last = steps[steps.length - 1];
  const end = machine.core.instructions() + last.length;
  take(machine, { ...last, length: 0 });
  const lines: string[] = [];
  while (machine.core.instructions() < end && !machine.core.isHalted) {
    const { pc, state } = machine.core;
    const isThumb = state.words[FLAG_T] !== 0;
    const bytes = machine.code(pc, isThumb ? 2 : 4);
    const text =
      bytes === undefined
        ? "not mapped"
        : disassembleBytes(bytes, pc >>> 0, { isThumb, architecture: program.architecture })[0]?.text;
    lines.push(`  ${hex(pc)}: ${text}   cpsr ${hex(state.cpsr())}`);
    machine.core.run(machine.core.instructions() + 1);
  }
  return lines.slice(-60);
}

/** The steps with the last one as short as the difference allows: it is found at the instruction that made it. */
function shortened(program: Program, steps: readonly Step[]): readonly Step[] {
  const last = steps[steps.length - 1];
  const isDifferent = (length: number): boolean => {
    const machines = (["interp", "jit"] as const).map((engine) => new FuzzMachine(engine, program));
    for (const machine of machines)
      for (const step of [...steps.slice(0, -1), { ...last, length }]) take(machine, step);
    return differentWords(stateOf(machines[0]), stateOf(machines[1])).length > 0;
  };
  for (let length = 1; length < Math.min(last.length, LONGEST_SEARCH); length++) {
    if (isDifferent(length)) return [...steps.slice(0, -1), { ...last, length }];
  }
  return steps;
}

interface Case {
  readonly seed: number;
  readonly number: number;
  readonly program: Program;
  readonly steps: readonly Step[];
}

function report({ seed, number, program, steps }: Case, differences: readonly string[], [interp, jit]: FuzzMachine[]) {
  return [
    `seed ${seed} program ${number}, slice ${steps.length} (${steps[steps.length - 1].length} instructions), MMU ${program.isMmuOn ? "on" : "off"}, ${JSON.stringify(program.tuning)}`,
    ...differences.slice(0, 12).map((line) => `  * ${line}`),
    "interpreter:",
    ...registerLines(stateOf(interp)),
    "compiler:",
    ...registerLines(stateOf(jit)),
    "the interpreter's instructions up to the first difference:",
    ...trace(program, shortened(program, steps)),
  ].join("\n");
}

function runProgram(campaign: Campaign, number: number, limit: number, result: CampaignResult): void {
  const { seed } = campaign;
  const program = makeProgram(seed, number, campaign.architecture);
  const random = makeRandom(mixSeeds(seed ^ 0x5bd1e995, number));
  const [interp, jit] = (["interp", "jit"] as const).map((engine) => new FuzzMachine(engine, program));
  const steps: Step[] = [];
  while (interp.core.instructions() < limit) {
    const step = makeStep(random);
    steps.push(step);
    take(interp, step);
    take(jit, step);
    result.comparisons++;
    const differences = differentWords(stateOf(interp), stateOf(jit));
    if (differences.length > 0) {
      result.reports.push(report({ seed, number, program, steps }, differences, [interp, jit]));
      break;
    }
    if (!interp.isTainted) continue;
    result.tainted++;
    break;
  }
  const differences = memoryDifferences(interp, jit);
  const isReported = result.reports.length > 0 && interp.core.instructions() !== jit.core.instructions();
  if (differences.length > 0 && !isReported)
    result.reports.push(report({ seed, number, program, steps }, differences, [interp, jit]));
  account(jit.core, result);
}

function account(core: FuzzMachine["core"], result: CampaignResult): void {
  result.programs++;
  result.instructions += core.instructions();
  for (const [name, count] of Object.entries(core.exceptionCounts)) {
    result.exceptions[name as keyof ExceptionCounts] += count;
  }
  if (!(core instanceof JitCpu)) return;
  result.regions += core.counts.regions;
  result.retired += core.counts.retired;
  for (const [reason, count] of core.exits.entries()) result.exits[reason] = (result.exits[reason] ?? 0) + count;
  for (const { index } of rows) {
    result.interpretedRows[index] += core.rowCounts?.[index] ?? 0;
    result.compiledRows[index] += core.compiledRowCount(index);
  }
}

/** Rows that can be compiled and were never executed in compiled code. */
export function missedRows({ compiledRows }: CampaignResult, architecture: Architecture = 5): string[] {
  return rowsOf(architecture).flatMap(({ name, index }) =>
    alwaysInterpreted.has(name) || compiledRows[index] > 0 ? [] : [name],
  );
}

/** Runs programs until all together have executed so many instructions. */
export function runCampaign(campaign: Campaign): CampaignResult {
  const result: CampaignResult = {
    programs: 0,
    instructions: 0,
    comparisons: 0,
    reports: [],
    tainted: 0,
    exceptions: { undefined: 0, supervisorCall: 0, prefetchAbort: 0, dataAbort: 0, irq: 0, fiq: 0 },
    regions: 0,
    exits: [],
    retired: 0,
    compiledRows: new Float64Array(rows.length),
    interpretedRows: new Float64Array(rows.length),
  };
  let number = campaign.firstProgram ?? 0;
  while (result.instructions < campaign.instructions) {
    runProgram(campaign, number++, campaign.programInstructions ?? PROGRAM_INSTRUCTIONS, result);
  }
  return result;
}
