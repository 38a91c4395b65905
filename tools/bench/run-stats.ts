/** Reads what `komainu exec` prints: a JSON line for each console command, and the `--stats` line. */
import { z } from "zod";
import { answerMalformed } from "./errors.ts";

const phase = z.object({ name: z.string(), instructions: z.number().int().nonnegative() });
const stats = z.object({ schema: z.literal("komainu.stats/1"), phases: z.array(phase) });
const outcome = z.object({
  schema: z.literal("komainu.exec/1"),
  command: z.string(),
  code: z.number().int(),
  text: z.string(),
});
const shellAnswer = z.object({ data: z.object({ output: z.string(), status: z.number().int() }) });

export type ExecOutcome = z.infer<typeof outcome>;
export interface Phase {
  name: string;
  instructions: number;
}

function parse<T>(schema: z.ZodType<T>, what: string, line: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw answerMalformed(what, line);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw answerMalformed(what, line);
  return result.data;
}

export const parseOutcome = (line: string): ExecOutcome => parse(outcome, "the result of a console command", line);

/** What a guest command printed and its exit status. */
export function parseShellAnswer(line: string): { output: string; status: number } {
  return parse(shellAnswer, "the answer of the guest's shell", line).data;
}

/** The phases of the `--stats` line, which stands somewhere among the messages on standard error. */
export function parsePhases(stderr: string): Phase[] {
  const line = stderr.split("\n").findLast((text) => text.startsWith('{"schema":"komainu.stats/'));
  return parse(stats, "the --stats line", line ?? stderr.slice(-500)).phases;
}
