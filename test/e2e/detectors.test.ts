/** Some of `tools/detect.ts` on the guest of the tests: tampering that must be found, and work that must raise no finding. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findGuest } from "../../src/guest/index.ts";
import { SOURCE_ARCHIVE } from "../../tools/detect/modules.ts";
import { TamperGuest } from "../../tools/detect/tamper-guest.ts";
import { defaultProgram, tryDisturbance, trySubject } from "../../tools/detect/trial.ts";
import { disturbances } from "../tamper/benign.table.ts";
import { subjects } from "../tamper/subjects.table.ts";
import { BOARD } from "./program.ts";

/** One of each way of finding; `tools/detect.ts` tries them all. */
const SUBJECTS = [
  "module off list and sysfs",
  "process off list and table",
  "process off every list, with the scheduler's log",
  "system call table",
  "inline hook by a load of PC",
  "socket out of /proc/net/tcp",
  "keyboard notifier",
  "timer",
  "timer of high resolution",
  "user ID written over",
  "system call vector",
];
const DISTURBANCES = ["drivers come and go all the time", "fork storm", "setuid programs"];
const MOMENTS = 3;
/** Only keeps a broken test from hanging: other work on the machine makes both the compiler and the guest slower many times over. */
const patience = { timeout: 600_000 };
const BUILD_TIMEOUT_MS = 1_800_000;

describe.skipIf(!existsSync(SOURCE_ARCHIVE))("the detectors (need the package linux-source-6.1)", patience, () => {
  let guest: TamperGuest;

  beforeAll(() => {
    const made = findGuest(BOARD);
    if (made === undefined) throw new Error("the guest is missing; get it with: npx komainu guest build versatilepb");
    guest = new TamperGuest(made, "test/tamper", () => {});
  }, BUILD_TIMEOUT_MS);

  afterAll(() => guest?.dispose());

  it.each(subjects.filter(({ name }) => SUBJECTS.includes(name)))("find and name: $name", (subject) => {
    const { before, during, after, problem } = trySubject(defaultProgram, guest, subject);
    expect([problem, before.texts, after.texts]).toEqual([undefined, [], []]);
    expect([...during.kinds]).toEqual(expect.arrayContaining([...subject.expects]));
    const right = [...subject.expects, ...(subject.allows ?? [])];
    expect([...during.kinds].filter((kind) => !right.includes(kind))).toEqual([]);
  });

  it.each(disturbances.filter(({ name }) => DISTURBANCES.includes(name)))("find nothing in: $name", (disturbance) => {
    const looks = tryDisturbance(defaultProgram, guest, disturbance, MOMENTS);
    expect(looks).toHaveLength(MOMENTS + 1);
    expect(looks.flatMap(({ texts }) => texts)).toEqual([]);
  });
});
