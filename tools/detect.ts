/**
 * Shows the detectors something to detect, and much that is nothing:
 * `node tools/detect.mjs [--only NAME] [--plain] [--moments N] [--write]`.
 *
 * Each subject of `test/tamper` is loaded into the throw-away guest and must be found and named; each disturbance must
 * raise no finding. `--plain` takes the guest of `npm test`, without what its kernel lacks; else the kernel of
 * `test/tamper/tamper.config` is built at the first time (ten minutes). `--write` puts the table into `docs/spec.md`.
 * Exit code 0: all found, nothing else; 1: not so; 3: the kernel's source is missing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildGuest } from "../src/guest/index.ts";
import { parseCount } from "../src/main/options.ts";
import { disturbances } from "../test/tamper/benign.table.ts";
import { type Subject, subjects } from "../test/tamper/subjects.table.ts";
import { SOURCE_ARCHIVE } from "./detect/modules.ts";
import { TamperGuest } from "./detect/tamper-guest.ts";
import { defaultProgram, type Seen, type SubjectResult, tryDisturbance, trySubject } from "./detect/trial.ts";

const SUBJECTS = "test/tamper";
const SPEC = "docs/spec.md";
const MARKS = ["<!-- detect -->", "<!-- /detect -->"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    plain: { type: "boolean", default: false },
    moments: { type: "string", default: "4" },
    write: { type: "boolean", default: false },
  },
});
const moments = parseCount("--moments", 1000)(values.moments);
const isWanted = ({ name, needsTamperKernel }: { name: string; needsTamperKernel?: true }): boolean =>
  (values.only === undefined || name.includes(values.only)) && !(values.plain && needsTamperKernel === true);

const say = (text: string): void => console.error(text);

/** Findings that the subject is no reason for, and problems. */
function complaints(subject: Subject, { before, during, after, problem }: SubjectResult): string[] {
  const right = new Set([...subject.expects, ...(subject.allows ?? [])]);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...subject.expects.filter((kind) => !during.kinds.has(kind)).map((kind) => `${kind} was not found`),
    ...[...during.kinds].filter((kind) => !right.has(kind)).map((kind) => `false: ${kind}`),
    ...before.texts.map((text) => `false, before: ${text}`),
    ...after.texts.map((text) => `false, after: ${text}`),
  ];
}

const isFound = (subject: Subject, { during }: SubjectResult): boolean =>
  subject.expects.every((kind) => during.kinds.has(kind));

interface Table {
  readonly lines: readonly string[];
  readonly failures: number;
}

function subjectTable(guest: TamperGuest): Table {
  const lines = ["| Tampering | what it does to its guest | found by | says |", "| --- | --- | --- | --- |"];
  let failures = 0;
  for (const subject of subjects.filter(isWanted)) {
    const result = trySubject(defaultProgram, guest, subject);
    const wrong = complaints(subject, result);
    if (wrong.length > 0) failures++;
    say(`${wrong.length === 0 ? "found " : "WRONG "} ${subject.name}: ${[...result.during.kinds].join(", ")}`);
    for (const text of [...wrong, ...(wrong.length > 0 ? result.during.texts : [])]) say(`       ${text}`);
    const check = isFound(subject, result) ? subject.expects.map((kind) => `\`${kind}\``).join(", ") : "**missed**";
    const said = result.during.texts[0]?.replace(/^\w+: /, "") ?? "";
    lines.push(`| ${subject.kind}: ${subject.name} | ${subject.does} | ${check} | ${said.replaceAll("|", "\\|")} |`);
  }
  return { lines, failures };
}

function benignTable(guest: TamperGuest): Table {
  const lines = ["| Disturbance | looks | findings | looks that could not tell all |", "| --- | ---: | ---: | ---: |"];
  let failures = 0;
  for (const disturbance of disturbances.filter(isWanted)) {
    const looks: Seen[] = tryDisturbance(defaultProgram, guest, disturbance, moments);
    const findings = looks.flatMap(({ texts }) => texts);
    if (findings.length > 0) failures++;
    say(`${findings.length === 0 ? "quiet " : "FALSE "} ${disturbance.name}`);
    for (const text of new Set(findings)) say(`       ${text}`);
    const unsure = looks.filter(({ cannotTell }) => cannotTell.length > 0);
    for (const text of new Set(unsure.flatMap(({ cannotTell }) => cannotTell))) say(`       cannot tell: ${text}`);
    lines.push(`| ${disturbance.name} | ${looks.length} | ${findings.length} | ${unsure.length} |`);
  }
  return { lines, failures };
}

function writeSpec(lines: readonly string[]): void {
  const text = readFileSync(SPEC, "utf8");
  const [start, end] = MARKS.map((mark) => text.indexOf(mark));
  if (start < 0 || end < start) throw new Error(`${SPEC} has no place for the table: ${MARKS.join(" ... ")}`);
  writeFileSync(SPEC, `${text.slice(0, start + MARKS[0].length)}\n${lines.join("\n")}\n${text.slice(end)}`);
}

async function main(): Promise<number> {
  if (!existsSync(SOURCE_ARCHIVE)) {
    say(`error: ${SOURCE_ARCHIVE} is missing, from which the subjects are built: apt-get install linux-source-6.1`);
    return 3;
  }
  const configFile = values.plain ? undefined : `${SUBJECTS}/tamper.config`;
  const made = await buildGuest({ board: "versatilepb", configFile });
  const guest = new TamperGuest(made, SUBJECTS, say);
  try {
    const found = subjectTable(guest);
    const benign = benignTable(guest);
    if (values.write) writeSpec([...found.lines, "", ...benign.lines]);
    const failures = found.failures + benign.failures;
    say(failures === 0 ? "all found, no false finding" : `${failures} of the trials went wrong`);
    return failures === 0 ? 0 : 1;
  } finally {
    guest.dispose();
  }
}

process.exit(await main());
