/** Runs a check on a synthetic guest that was changed after it was opened. */
import { type Check, type CheckReport, checks, runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import type { SyntheticKernel } from "../linux/synthetic-kernel.ts";

export function checkNamed(id: string): Check {
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

/** Opens the guest and learns its types while it is healthy, changes it, and runs the check. */
export function reportAfter(id: string, guest: SyntheticKernel, change: () => void): CheckReport {
  const kernel = openKernel(guest.source);
  runCheck(checkNamed("plist"), kernel);
  change();
  return runCheck(checkNamed(id), kernel);
}

export const messageIds = (report: CheckReport): string[] => report.findings.map(({ messageId }) => messageId);
