/** Runs an outside tool without a shell: output to a log and to callbacks, its whole process group ended on abort. */
import type { ChildProcess } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { guestBuildFailed, guestBuildInterrupted } from "./errors.ts";

/** How much of the log a failure shows. */
export const TAIL_LINES = 30;
const KILL_AFTER_MS = 5_000;

export interface ToolContext {
  /** Named in errors and progress. */
  step: string;
  logPath: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Each line of the tool's output, standard error included. */
  onLine?: (line: string) => void;
}

/** The last lines of several streams, and each line as it is complete. */
class LineTail {
  readonly lines: string[] = [];
  private readonly onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  /** Takes what one stream brings; lines of two streams are never mixed. */
  follow(stream: Readable, onText: (text: string) => void): void {
    let partial = "";
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      onText(text);
      const lines = (partial + text).split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) this.take(line);
    });
    stream.once("end", () => {
      if (partial !== "") this.take(partial);
    });
  }

  private take(line: string): void {
    this.lines.push(line);
    if (this.lines.length > TAIL_LINES) this.lines.shift();
    this.onLine(line);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Ends the group on abort, and when this process ends first; returns the function that lets go of it. */
function guardGroup(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let killTimer: NodeJS.Timeout | undefined;
  const onExit = (): void => signalGroup(child, "SIGKILL");
  const onAbort = (): void => {
    signalGroup(child, "SIGTERM");
    killTimer = setTimeout(() => signalGroup(child, "SIGKILL"), KILL_AFTER_MS);
  };
  process.once("exit", onExit);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return () => {
    process.removeListener("exit", onExit);
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(killTimer);
  };
}

/** The child's end: an exit code, or in words why there is none. */
function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
}

/**
 * Runs `command` to its end; rejects with `guest-build-failed` (end of the log and its path) when it fails and with
 * `guest-build-interrupted` when the signal was aborted.
 */
export async function runTool(
  context: ToolContext,
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const { step, logPath, signal } = context;
  if (signal?.aborted) throw guestBuildInterrupted(step);
  mkdirSync(dirname(logPath), { recursive: true });
  appendFileSync(logPath, `$ ${command} ${args.join(" ")}\n`);
  const tail = new LineTail((line) => context.onLine?.(line));
  // Loaded here: starts of a machine, which run no tool, need not wait for it.
  const { spawn } = await import("node:child_process");
  // A group of its own, so that all of make's children can be ended at once.
  const child = spawn(command, args, { cwd, env: context.env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const release = guardGroup(child, signal);
  for (const stream of [child.stdout, child.stderr]) {
    tail.follow(stream, (text) => appendFileSync(logPath, text));
  }
  try {
    const end = await ended(child);
    if (signal?.aborted) throw guestBuildInterrupted(step);
    if (end === 0) return;
    const reason = typeof end === "number" ? `${command} ended with exit code ${end}` : `${command}: ${end}`;
    throw guestBuildFailed({ step, reason, logPath, tail: tail.lines });
  } finally {
    release();
  }
}

/** What a short tool prints, trimmed; fails as `runTool` does. */
export async function toolOutput(context: ToolContext, command: string, args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await runTool({ ...context, onLine: (line) => lines.push(line) }, command, args, dirname(context.logPath));
  return lines.join("\n").trim();
}
