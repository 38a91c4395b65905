/** Random cases on the interpreter and on qemu-arm, compared. */
import { type CpuModel, cpuModels } from "../../../src/arm/core/index.ts";
import { type Row, rows } from "../../../src/arm/decode/index.ts";
import { disassembleBytes } from "../../../src/arm/disasm/index.ts";
import { makeCase, makeV6Case } from "./case-generator.ts";
import { CoreProbe } from "./core-probe.ts";
import type { FuzzCase, Outcome } from "./fuzz-case.ts";
import { CODE_ADDRESS, codeWords, differences, Signal } from "./fuzz-case.ts";
import { fuzzedRows, fuzzedV6Rows } from "./predictable.ts";
import { askQemu } from "./qemu-oracle.ts";

/** What a campaign is about. */
export interface FuzzSubject {
  model: CpuModel;
  /** The same processor by QEMU's name. */
  qemuCpu: string;
  /** Rows that must all be executed. */
  rows: readonly Row[];
  makeCase(seed: number, number: number): FuzzCase;
}

export const armv5Subject: FuzzSubject = {
  model: cpuModels["arm926ej-s"],
  qemuCpu: "arm926",
  rows: fuzzedRows,
  makeCase,
};

/** All but the VFP of the ARM1176JZF-S. */
export const armv6Subject: FuzzSubject = {
  model: cpuModels["arm1176jzf-s"],
  qemuCpu: "arm1176",
  rows: fuzzedV6Rows,
  makeCase: makeV6Case,
};

export interface Campaign {
  seed: number;
  /** The ARM926EJ-S when left out. */
  subject?: FuzzSubject;
  /** Cases to compare; those that cannot be compared come on top. */
  cases: number;
  firstCase?: number;
  /** Where `test/oracle` and `node_modules` are. */
  projectFolder: string;
}

export interface CampaignResult {
  compared: number;
  /** One text for each case that differs. */
  reports: string[];
  /** How often each row was executed by the interpreter, by row index. */
  rowCounts: Float64Array;
  /** Fuzzed rows that were never executed. */
  missedRows: string[];
  /** How many cases were left out, by reason. */
  skipped: Map<string, number>;
  /** How the cases ended, by signal. */
  ends: Map<number, number>;
}

/** Cases a call of the oracle. */
const BATCH_CASES = 20_000;

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);

/** Linux calls some undefined instructions breakpoints. */
const normalized = (outcome: Outcome, ours: Outcome): Outcome =>
  outcome.signal === Signal.trap && ours.signal === Signal.ill ? { ...outcome, signal: Signal.ill } : outcome;

/** A branch to an address that ends in binary 10 without a change to Thumb state is UNPREDICTABLE. */
const isUnalignedArmPc = ({ pc, cpsr }: Outcome) => (pc & 3) !== 0 && (cpsr & 0x20) === 0;

export function describeCase(given: FuzzCase, { model }: FuzzSubject = armv5Subject): string[] {
  const bytes = new Uint8Array(Uint32Array.from(codeWords(given)).buffer);
  const length = given.code.length * (given.isThumb ? 2 : 4);
  const options = { isThumb: given.isThumb, architecture: model.architecture };
  const lines = disassembleBytes(bytes.subarray(0, length), CODE_ADDRESS + given.offset, options);
  return [
    ...lines.map(({ address, raw, text }) => `  ${hex(address)}: ${raw.toString(16).padStart(4, "0")}  ${text}`),
    `  flags ${hex(given.flags)}, data seed ${hex(given.dataSeed)}`,
    `  ${given.registers.map((value, n) => `r${n}=${hex(value)}`).join(" ")}`,
    ...(given.vfp === undefined ? [] : [`  s0..s31, fpscr ${given.vfp.map(hex).join(" ")}`]),
  ];
}

function report(campaign: Campaign, number: number, given: FuzzCase, lines: readonly string[]): string {
  const title = `seed ${campaign.seed} case ${number}${given.isThumb ? " (Thumb)" : ""}`;
  return [title, ...describeCase(given, campaign.subject), ...lines.map((line) => `  * ${line}`)].join("\n");
}

/** Runs a campaign; the same seed gives the same cases. */
export async function runCampaign(campaign: Campaign): Promise<CampaignResult> {
  const subject = campaign.subject ?? armv5Subject;
  const probe = new CoreProbe(subject.model);
  const rowCounts = probe.core.rowCounts ?? new Float64Array(rows.length);
  const result: CampaignResult = {
    compared: 0,
    reports: [],
    rowCounts,
    missedRows: [],
    skipped: new Map(),
    ends: new Map(),
  };
  let number = campaign.firstCase ?? 0;
  while (result.compared < campaign.cases) {
    const batch: { number: number; given: FuzzCase; ours: Outcome }[] = [];
    const wanted = Math.min(BATCH_CASES, campaign.cases - result.compared);
    while (batch.length < wanted) {
      const given = subject.makeCase(campaign.seed, number);
      const ours = probe.run(given);
      if (typeof ours === "string") count(result.skipped, ours);
      else batch.push({ number, given, ours });
      number += 1;
    }
    const outcomes = await askQemu(
      batch.map(({ given }) => given),
      campaign.projectFolder,
      subject.qemuCpu,
    );
    for (const [index, { number, given, ours }] of batch.entries()) {
      result.compared += 1;
      const qemu = normalized(outcomes[index], ours);
      count(result.ends, ours.signal);
      if (isUnalignedArmPc(qemu)) count(result.skipped, "branches to an address that ends in binary 10");
      else {
        const lines = differences(qemu, ours);
        if (lines.length > 0) result.reports.push(report(campaign, number, given, lines));
      }
    }
  }
  result.missedRows = subject.rows.filter((row) => rowCounts[row.index] === 0).map(({ name }) => name);
  return result;
}
