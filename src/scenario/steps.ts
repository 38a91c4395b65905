/** What each verb of the language does. A step that does not come out throws `StepFailure`. */

import { hexAddress } from "../base/index.ts";
import type { CommandOutcome } from "../shell/index.ts";
import {
  expectAll,
  expectAnswer,
  expectNone,
  expectOutput,
  GUEST_TIME,
  MAX_SHOWN,
  secondsText as seconds,
  shown,
} from "./expectations.ts";
import { isAsExpected, type Scalar, valueAtPath } from "./json-path.ts";
import type { StepOf, Verb } from "./language.ts";
import { seedOf } from "./line-fault.ts";
import type { Step } from "./parse-scenario.ts";
import { physicalOf, readDeviceRegister, readGuestMemory, readRegister } from "./readings.ts";
import { takeScreenshot } from "./screenshot.ts";
import type { Session } from "./session.ts";
import type { Stage } from "./stage.ts";
import { StepFailure } from "./step-failure.ts";
import type { Watch } from "./watch.ts";

export interface StepContext {
  readonly session: Session;
  readonly stage: Stage;
  readonly watch: Watch;
  /** For steps that name none of their own. */
  readonly timeoutNs: number;
  /** Of line faults that name none. */
  readonly seed: number;
  /** A new seed that nobody can tell before. */
  readonly randomSeed: () => number;
  /** Where files are written to. */
  readonly folder: string;
}

type Run<V extends Verb> = (context: StepContext, options: StepOf<V>) => void | Promise<void>;

const CR = "\r";
const portOf = ({ stage }: StepContext, port: string | undefined): string => stage.port(port ?? stage.consolePort).name;

const watched = ({ session, watch }: StepContext) => ({ session, watch, whose: GUEST_TIME });

/** Text as the guest's UART gets it: UTF-8, a character for each byte. */
const lineBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

async function send(context: StepContext, port: string | undefined, text: string): Promise<void> {
  const { session, stage } = context;
  const name = portOf(context, port);
  let rest = lineBytes(text);
  const untilNs = session.nowNs + context.timeoutNs;
  while (rest !== "") {
    const { space } = stage.port(name);
    if (space === 0) {
      const hasSpace = await session.advance(() => stage.port(name).space > 0, untilNs, 1_000);
      if (!hasSpace)
        throw new StepFailure("timeout", {
          expected: `the guest to read ${name}`,
          found: "that it does not",
          port: name,
        });
      continue;
    }
    await session.act({ send: name, bytes: rest.slice(0, space) });
    rest = rest.slice(space);
  }
}

function expectData(data: unknown, wanted: Readonly<Record<string, Scalar>> | undefined): void {
  for (const [path, expected] of Object.entries(wanted ?? {})) {
    const found = valueAtPath(data, path);
    if (!isAsExpected(found, expected)) {
      throw new StepFailure("assertion", {
        expected: `${path} to be ${JSON.stringify(expected)}`,
        found: (JSON.stringify(found) ?? "nothing there").slice(0, MAX_SHOWN),
      });
    }
  }
}

/** The last command's outcome of a console line. */
async function runLine(context: StepContext, line: string, timeoutNs = context.timeoutNs): Promise<CommandOutcome> {
  const outcomes = await context.session.command(line, context.session.nowNs + timeoutNs);
  const failed = outcomes?.find(({ code }) => code !== 0) ?? outcomes?.at(-1);
  if (failed !== undefined) return failed;
  throw new StepFailure("timeout", {
    expected: `${shown(line)} to end within ${seconds(timeoutNs)} of the guest's time`,
    found: "that it did not",
    port: context.stage.consolePort,
  });
}

interface Compared {
  readonly equals?: number;
  readonly mask?: number;
}

function expectWord(what: string, found: number, { equals, mask = 0xffffffff }: Compared): void {
  if (equals === undefined || ((found ^ equals) & mask) === 0) return;
  const under = mask === 0xffffffff ? "" : ` under the mask ${hexAddress(mask)}`;
  throw new StepFailure("assertion", {
    expected: `${what} to be ${hexAddress(equals)}${under}`,
    found: hexAddress(found),
  });
}

const toNumber = (bytes: Uint8Array): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0);

const TEXT_BYTES = 256;

async function memory(context: StepContext, options: StepOf<"memory">): Promise<void> {
  const { memory: where, size, write, text, equals, mask } = options;
  const name = typeof where === "number" ? hexAddress(where) : where;
  if (write !== undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(write);
    await context.session.act({ write: physicalOf(context, where), bytes: bytes.toString("latin1", 0, size) });
  }
  if (text !== undefined) {
    const bytes = readGuestMemory(context, where, TEXT_BYTES);
    const end = bytes.indexOf(0);
    const found = Buffer.from(bytes.subarray(0, end < 0 ? TEXT_BYTES : end)).toString("utf8");
    expectOutput(found, [text], `the text at ${name}`);
  }
  expectWord(name, toNumber(readGuestMemory(context, where, size)), { equals, mask });
}

const register: Run<"register"> = (context, { register: name, ...wanted }) =>
  expectWord(name, readRegister(context, name), wanted);

const deviceRegister: Run<"device"> = (context, { device: path, ...wanted }) =>
  expectWord(path, readDeviceRegister(context, path), wanted);

async function pin({ session, stage }: StepContext, { pin: name, drive, level }: StepOf<"pin">): Promise<void> {
  if (drive !== undefined) await session.act({ pin: name, level: drive === "high" });
  const { bank, index } = stage.pin(name);
  const found = bank.level(index) ? "high" : "low";
  if (level !== undefined && found !== level)
    throw new StepFailure("assertion", { expected: `${name} to be ${level}`, found });
}

async function fault(
  context: StepContext,
  kind: "drop" | "noise",
  rate: number,
  { toward, seed, port }: Pick<StepOf<"drop">, "toward" | "seed" | "port">,
): Promise<void> {
  const chosen = seed === "random" ? context.randomSeed() : (seed ?? seedOf(`${context.seed}:${kind}:${toward}`));
  await context.session.act({ fault: portOf(context, port), kind, rate, toward, seed: chosen });
}

async function shell(
  context: StepContext,
  { shell: line, exit, output, not, timeout, port }: StepOf<"shell">,
): Promise<void> {
  const name = portOf(context, port);
  const { code, text, data } = await runLine(context, `vserial exec ${name} ${line}`, timeout);
  // The output is the command's own; a line that could not be run has none.
  const answer = data as { output: string; status: number } | undefined;
  if (answer === undefined || code < 0) {
    throw new StepFailure("assertion", {
      expected: `${shown(line)} to run at the guest's shell`,
      found: shown(text.trim()),
      port: name,
    });
  }
  expectAnswer(line, answer, { exit, output, not }, name);
  context.watch.log(name).skip();
}

async function consoleLine(
  context: StepContext,
  { console: line, code, output, json, timeout }: StepOf<"console">,
): Promise<void> {
  const outcome = await runLine(context, line, timeout);
  if (outcome.code !== code) {
    throw new StepFailure("assertion", {
      expected: `code ${code} of ${shown(line)}`,
      found: `${outcome.code}, and the output ${shown(outcome.text)}`,
    });
  }
  expectOutput(outcome.text, output, `output of ${shown(line)}`);
  expectData(outcome.data, json);
}

async function check(context: StepContext, { ids, verdict, output, json }: StepOf<"ids">): Promise<void> {
  const { text, data } = await runLine(context, `ids ${ids}`);
  const found = valueAtPath(data, "verdict");
  if (found !== verdict) {
    throw new StepFailure("assertion", {
      expected: `the verdict ${verdict} of ids ${ids}`,
      found: `${String(found ?? "none")}: ${shown(text)}`,
    });
  }
  expectOutput(text, output, `output of ids ${ids}`);
  expectData(data, json);
}

/** One function for each verb. */
const runs: { readonly [V in Verb]: Run<V> } = {
  power: ({ session, stage }, { power }) => session.act({ power: power === "on" && stage.isPowered ? "kick" : power }),
  reset: ({ session }) => session.act({ power: "reset" }),
  send: (context, { send: text, port }) => send(context, port, text),
  line: (context, { line: text, port }) => send(context, port, text + CR),
  expect: (context, { expect: sources, timeout = context.timeoutNs, port }) =>
    expectAll(watched(context), sources, portOf(context, port), timeout),
  never: (context, { never: sources, for: spanNs, port }) =>
    expectNone(watched(context), sources, portOf(context, port), spanNs),
  wait: async ({ session }, { wait }) => void (await session.advance(() => false, session.nowNs + wait)),
  console: consoleLine,
  ids: check,
  shell,
  memory,
  register,
  device: deviceRegister,
  pin,
  snapshot: ({ session }, { snapshot, name }) => session.act(snapshot === "save" ? { save: name } : { load: name }),
  drop: (context, { drop, ...options }) => fault(context, "drop", drop, options),
  noise: (context, { noise, ...options }) => fault(context, "noise", noise, options),
  repair: (context, { repair, port }) =>
    context.session.act(repair === "line" ? { repair: portOf(context, port) } : { unstick: repair }),
  stuck: ({ session }, { stuck, reads }) => session.act({ stuck, reads }),
  screenshot: ({ stage, folder }, options) => takeScreenshot(stage, options, folder),
};

/** Does one step. Throws `StepFailure`, or an `HvError` for a step that this board cannot do. */
export async function runStep(context: StepContext, { verb, options }: Step): Promise<void> {
  await (runs[verb] as Run<Verb>)(context, options as StepOf<Verb>);
}
