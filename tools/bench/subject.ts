/** A machine under measurement: one child process, its output as it comes, and a stopwatch on it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readCpuSeconds } from "./cpu-time.ts";
import { machineEnded, machineSilent, programMissing } from "./errors.ts";
import type { Timing } from "./sample.ts";

const LAST_CHARACTERS = 1_000;

export interface SubjectOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** For the whole life of the process. */
  limitSeconds: number;
}

const wallNow = (): number => Number(process.hrtime.bigint()) / 1e9;

export class Subject {
  private readonly options: SubjectOptions;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<string>;
  private readonly expired: Promise<never>;
  private readonly endWithUs = (): void => this.kill();
  private timer: NodeJS.Timeout | undefined;
  private lastWall = wallNow();
  private lastCpu = 0;
  private lastText = "";
  private feed: (text: string) => void = () => {};
  errorText = "";

  constructor(options: SubjectOptions) {
    this.options = options;
    this.child = spawn(options.command, options.args, { env: options.env ?? process.env });
    process.once("exit", this.endWithUs);
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("close", (code, signal) => resolve(code === null ? `${signal}` : `exit code ${code}`));
    });
    this.expired = new Promise((_, reject) => {
      const expire = (): void => reject(machineSilent(options.name, options.limitSeconds, this.tail));
      this.timer = setTimeout(expire, options.limitSeconds * 1e3);
    });
    // Rejects when nobody waits any more, too.
    this.expired.catch(() => {});
    // Writing to a process that has just ended; `ended` tells of it.
    this.child.stdin.on("error", () => {});
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => this.take(text));
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.errorText += text;
    });
  }

  private get tail(): string {
    return `${this.lastText}\n${this.errorText}`.slice(-LAST_CHARACTERS);
  }

  private take(text: string): void {
    this.lastText = (this.lastText + text).slice(-LAST_CHARACTERS);
    this.feed(text);
  }

  write(text: string): void {
    this.child.stdin.write(text);
  }

  /** Time since the lap before, or since the start of the process. */
  lap(): Timing {
    const wall = wallNow();
    const cpu = readCpuSeconds(this.child.pid ?? 0) ?? this.lastCpu;
    const timing = { wallSeconds: wall - this.lastWall, cpuSeconds: cpu - this.lastCpu };
    this.lastWall = wall;
    this.lastCpu = cpu;
    return timing;
  }

  /** Gives each piece of output to `isDone` until that says true or throws. */
  async until(isDone: (text: string) => boolean): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.feed = (text) => {
        try {
          if (isDone(text)) resolve();
        } catch (error) {
          reject(error);
        }
      };
    });
    const early = this.ended.then((end) => {
      const { name, command } = this.options;
      if (this.child.pid === undefined) throw programMissing(command, `It is needed to measure ${name}: ${end}`);
      throw machineEnded(name, end, this.tail);
    });
    early.catch(() => {});
    try {
      await Promise.race([done, early, this.expired]);
    } finally {
      this.feed = () => {};
    }
  }

  /** Waits for the process to end by itself. */
  async untilEnd(): Promise<void> {
    await Promise.race([this.ended, this.expired]);
  }

  private kill(): void {
    if (this.child.pid !== undefined && this.child.exitCode === null) this.child.kill("SIGKILL");
  }

  /** Ends the process, when it has not ended yet. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.kill();
    // A child of the child may hold the pipes open for longer than we want to wait.
    this.child.stdout.destroy();
    this.child.stderr.destroy();
    await this.ended;
    process.removeListener("exit", this.endWithUs);
  }
}
