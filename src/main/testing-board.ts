/** The board of `komainu/testing`: each call is a step of a scenario, with the same time-outs, messages and journal. */
import { randomInt } from "node:crypto";
import { assert } from "../base/index.ts";
import {
  DEFAULT_FORBIDDEN,
  failureLines,
  journalText,
  type Place,
  patternProblem,
  type RunSettings,
  readDeviceRegister,
  readGuestMemory,
  readRegister,
  ScenarioRun,
  type Step,
} from "../scenario/index.ts";
import { optionInvalid } from "./errors.ts";
import { rigPower } from "./prompt-rig.ts";
import type {
  BoardOptions,
  CheckResult,
  ConsoleResult,
  LineFaultOptions,
  PinLevel,
  PortOptions,
  RunningBoard,
  ShellResult,
  TextPattern,
  WaitOptions,
} from "./testing-types.ts";
import { versionInfo } from "./version.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_HOST_TIMEOUT_MS = 120_000;
const BOOT_SECONDS = 120;
const SEED_LIMIT = 2 ** 32;

/** A text that looks like a regular expression is one only as a `RegExp`. */
function sourceOf(pattern: TextPattern): string {
  const source =
    typeof pattern === "string"
      ? `/${pattern.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}/`
      : `/${pattern.source}/${pattern.flags.replace(/[gmyd]/g, "")}`;
  const problem = patternProblem(source);
  if (problem !== undefined)
    throw optionInvalid("pattern", "a text or a regular expression with flags i, s, u", String(pattern));
  return source;
}

const nsOf = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : milliseconds * 1e6;

export class BoardFailureError extends Error {
  readonly kind: string;
  readonly journal: string;

  constructor(message: string, kind: string, journal: string) {
    super(message);
    this.name = "BoardFailure";
    this.kind = kind;
    this.journal = journal;
  }
}

type Verb = Step["verb"];
type OptionsOf<V extends Verb> = Extract<Step, { verb: V }>["options"];

export class TestBoard implements RunningBoard {
  readonly name: string;
  private readonly run: ScenarioRun;
  private readonly place: Place;

  static async open(board: string, options: BoardOptions = {}): Promise<TestBoard> {
    const { engine = "jit", bootCache = "on", start = "prompt", forbid } = options;
    const place: Place = { path: board, line: 1, column: 1 };
    const settings: RunSettings = {
      name: board,
      place,
      board,
      append: options.append,
      rootfs: options.rootfs,
      start,
      timeoutNs: (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * 1e6,
      hostTimeoutMs: options.hostTimeoutMs ?? DEFAULT_HOST_TIMEOUT_MS,
      forbid: forbid?.map(sourceOf) ?? DEFAULT_FORBIDDEN,
      seed: options.seed,
      diskBytes: options.diskBytes,
    };
    const run = await ScenarioRun.open(settings, {
      power: rigPower({ env: process.env, engine, bootCache, bootSeconds: BOOT_SECONDS }),
      version: versionInfo.version,
      hostNowMs: () => performance.now(),
      randomSeed: () => randomInt(SEED_LIMIT),
      folder: process.cwd(),
    });
    return new TestBoard(run, place);
  }

  private constructor(run: ScenarioRun, place: Place) {
    this.run = run;
    this.place = place;
    this.name = run.context.stage.machine.profile.name;
  }

  get output(): string {
    const { watch, stage } = this.run.context;
    return watch.log(stage.consolePort).textFrom(0);
  }

  get instructions(): number {
    return this.run.context.stage.moment[0];
  }

  get virtualMs(): number {
    return this.run.context.stage.moment[1] / 1e6;
  }

  private async attempt<T>(verb: string, work: () => T | Promise<T>): Promise<T> {
    try {
      const answer = await work();
      this.run.context.session.check();
      return answer;
    } catch (error) {
      const failure = this.run.failure(error, { place: this.place, verb });
      const [first, ...rest] = failureLines(failure);
      const message = [first.replace(/^.*?\(\w+\): /, ""), ...rest].join("\n");
      throw new BoardFailureError(message, failure.kind, this.journal());
    }
  }

  private step<V extends Verb>(verb: V, options: OptionsOf<V>): Promise<void> {
    return this.attempt(verb, () => this.run.step({ verb, options, place: this.place } as Step));
  }

  send(text: string, { port }: PortOptions = {}): Promise<void> {
    return this.step("send", { send: text, port });
  }

  line(text: string, { port }: PortOptions = {}): Promise<void> {
    return this.step("line", { line: text, port });
  }

  expect(pattern: TextPattern, { timeoutMs, port }: WaitOptions = {}): Promise<void> {
    return this.step("expect", { expect: [sourceOf(pattern)], timeout: nsOf(timeoutMs), port });
  }

  never(pattern: TextPattern, milliseconds: number, { port }: PortOptions = {}): Promise<void> {
    return this.step("never", { never: [sourceOf(pattern)], for: milliseconds * 1e6, port });
  }

  wait(milliseconds: number): Promise<void> {
    return this.step("wait", { wait: milliseconds * 1e6 });
  }

  private async commandLine(verb: string, line: string, timeoutMs?: number) {
    const { session, timeoutNs } = this.run.context;
    const limitNs = nsOf(timeoutMs) ?? timeoutNs;
    return this.attempt(verb, async () => {
      const outcomes = await session.command(line, session.nowNs + limitNs);
      if (outcomes === undefined) throw this.run.timeout(line, limitNs);
      const outcome = outcomes.find(({ code }) => code !== 0) ?? outcomes.at(-1);
      assert(outcome !== undefined, "a line has a command");
      return outcome;
    });
  }

  async shell(line: string, { timeoutMs, port }: WaitOptions = {}): Promise<ShellResult> {
    const { stage } = this.run.context;
    const name = await this.attempt("shell", () => stage.port(port ?? stage.consolePort).name);
    const { data, text } = await this.commandLine("shell", `vserial exec ${name} ${line}`, timeoutMs);
    const answer = data as { output: string; status: number } | undefined;
    if (answer === undefined || answer.status < 0) {
      return this.attempt("shell", () => {
        throw this.run.refused(`"${line}" to run at the guest's shell`, text.trim());
      });
    }
    return { status: answer.status, output: answer.output };
  }

  async console(line: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<ConsoleResult> {
    const { code, text, data } = await this.commandLine("console", line, timeoutMs);
    return { code, text, data };
  }

  async ids(check: string): Promise<CheckResult> {
    const { text, data } = await this.commandLine("ids", `ids ${check}`);
    const verdict = (data as { verdict?: CheckResult["verdict"] } | undefined)?.verdict;
    return { verdict: verdict ?? "cannot-tell", text, data };
  }

  readMemory(where: number | string, sizeBytes: number): Uint8Array {
    return readGuestMemory(this.run.context, where, sizeBytes);
  }

  writeMemory(address: number, bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes).toString("latin1");
    return this.attempt("memory", () => this.run.context.session.act({ write: address, bytes: text }));
  }

  register(name: string): number {
    return readRegister(this.run.context, name);
  }

  deviceRegister(path: string): number {
    return readDeviceRegister(this.run.context, path);
  }

  pin(name: string): PinLevel {
    const { bank, index } = this.run.context.stage.pin(name);
    return bank.level(index) ? "high" : "low";
  }

  drivePin(name: string, level: PinLevel): Promise<void> {
    return this.step("pin", { pin: name, drive: level });
  }

  saveSnapshot(name = "snapshot"): Promise<void> {
    return this.step("snapshot", { snapshot: "save", name });
  }

  loadSnapshot(name = "snapshot"): Promise<void> {
    return this.step("snapshot", { snapshot: "load", name });
  }

  disturb({ kind, rate, toward = "guest", seed, port }: LineFaultOptions): Promise<void> {
    return kind === "drop"
      ? this.step("drop", { drop: rate, toward, seed, port })
      : this.step("noise", { noise: rate, toward, seed, port });
  }

  repairLine({ port }: PortOptions = {}): Promise<void> {
    return this.step("repair", { repair: "line", port });
  }

  stick(device: string, reads = 0): Promise<void> {
    return this.step("stuck", { stuck: device, reads });
  }

  unstick(device: string): Promise<void> {
    return this.step("repair", { repair: device });
  }

  powerOn(): Promise<void> {
    return this.step("power", { power: "on" });
  }

  cutPower(): Promise<void> {
    return this.step("power", { power: "cut" });
  }

  reset(): Promise<void> {
    return this.step("reset", { reset: "guest" });
  }

  journal(): string {
    return journalText(this.run.journal());
  }
}
