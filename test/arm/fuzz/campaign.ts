/** Random cases on the interpreter and on qemu-arm, compared. */
import { rows } from "../../../src/arm/decode/index.ts";
import { disassembleBytes } from "../../../src/arm/disasm/index.ts";
import { makeCase } from "./case-generator.ts";
import { CoreProbe } from "./core-probe.ts";
import type { FuzzCase, Outcome } from "./fuzz-case.ts";
import { CODE_ADDRESS, codeWords, differences, Signal } from "./fuzz-case.ts";
import { fuzzedRows } from "./predictable.ts";
import { askQemu } from "./qemu-oracle.ts";

export interface Campaign {
  seed: number;
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

export function describeCase(given: FuzzCase): string[] {
  const bytes = new Uint8Array(Uint32Array.from(codeWords(given)).buffer);
  const length = given.code.length * (given.isThumb ? 2 : 4);
  const lines = disassembleBytes(bytes.subarray(0, length), CODE_ADDRESS + given.offset, given);
  return [
    ...lines.map(({ address, raw, text }) => `  ${hex(address)}: ${raw.toString(16).padStart(4, "0")}  ${text}`),
    `  flags ${hex(given.flags)}, data seed ${hex(given.dataSeed)}`,
    `  ${given.registers.map((value, n) => `r${n}=${hex(value)}`).join(" ")}`,
  ];
}

function report(campaign: Campaign, number: number, given: FuzzCase, lines: readonly string[]): string {
  const title = `seed ${campaign.seed} case ${number}${given.isThumb ? " (Thumb)" : ""}`;
  return [title, ...describeCase(given), ...lines.map((line) => `  * ${line}`)].join("\n");
}

/** Runs a campaign; the same seed gives the same cases. */
export async function runCampaign(campaign: Campaign): Promise<CampaignResult> {
  const probe = new CoreProbe();
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
      const given = makeCase(campaign.seed, number);
      const ours = probe.run(given);
      if (typeof ours === "string") count(result.skipped, ours);
      else batch.push({ number, given, ours });
      number += 1;
    }
    const outcomes = await askQemu(
      batch.map(({ given }) => given),
      campaign.projectFolder,
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
  result.missedRows = fuzzedRows.filter((row) => rowCounts[row.index] === 0).map(({ name }) => name);
  return result;
}
