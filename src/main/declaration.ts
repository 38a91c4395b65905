/** What the declarations of all commands share. */
import type { ExitCode } from "../base/index.ts";

/** Called with the answer of the action that ran. */
export type Finish = (code: ExitCode) => void;

export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => (line === "" ? "" : `  $ komainu ${line}`)).join("\n")}\n`;
