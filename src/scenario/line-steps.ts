/** What each verb does on a real line. A step that does not come out throws `StepFailure`. */
import { resolve } from "node:path";
import { AnswerReader, keysOf, markFor, shellLineProblem, typedLine } from "../commands/index.ts";
import { expectAll, expectAnswer, expectNone, secondsText, shown } from "./expectations.ts";
import type { LineStepOf, LineVerb } from "./line-language.ts";
import type { LineSession } from "./line-session.ts";
import type { LineStep } from "./parse-script.ts";
import { StepFailure } from "./step-failure.ts";

export interface LineContext {
  readonly session: LineSession;
  /** For steps that name none of their own. */
  readonly timeoutNs: number;
  /** Where the names of files begin. */
  readonly folder: string;
}

type Run<V extends LineVerb> = (context: LineContext, options: LineStepOf<V>) => void | Promise<void>;

const CTRL_C = 0x03;
/** The prompt is complete when the line has been quiet that long behind the command's end. */
const PROMPT_QUIET_NS = 50e6;
const PROMPT_LIMIT_NS = 2e9;

const watched = ({ session }: LineContext) => ({ session, watch: session.watch, whose: "" });
const send = ({ session }: LineContext, text: string): void => session.line.write(Buffer.from(text, "utf8"));

async function shell(context: LineContext, options: LineStepOf<"shell">): Promise<void> {
  const { session } = context;
  const { name } = session.line;
  const { shell: line, timeout: limitNs = context.timeoutNs } = options;
  const mark = markFor(line, session.nowNs);
  const problem = shellLineProblem(line, mark);
  if (problem !== undefined) throw new StepFailure("assertion", { expected: shown(line), found: problem });
  const reader = new AnswerReader(mark, session.nowNs);
  session.onByte = (byte) => reader.take(byte, session.nowNs);
  try {
    session.line.write(keysOf(typedLine(line, mark)));
    const isEnd = (): boolean => reader.status !== undefined || reader.isOverflowing;
    await session.advance(isEnd, session.nowNs + limitNs);
    reader.close();
    if (reader.status === undefined) session.line.write(Uint8Array.of(CTRL_C));
    await promptOf(session, reader);
  } finally {
    session.onByte = () => {};
  }
  const { status, output } = reader;
  if (status === undefined) {
    const found = reader.hasStarted ? `that it did not, and the output ${shown(output)}` : "no answer of a shell";
    const expected = `${shown(line)} to end within ${secondsText(limitNs)}`;
    throw new StepFailure("timeout", { expected, found, port: name });
  }
  expectAnswer(line, { status, output }, options, name);
  session.watch.log(name).skip();
}

async function promptOf(session: LineSession, reader: AnswerReader): Promise<void> {
  const limitNs = session.nowNs + PROMPT_LIMIT_NS;
  while (session.nowNs < limitNs) {
    const seenNs = reader.lastByteNs;
    await session.advance(() => false, Math.min(limitNs, session.nowNs + PROMPT_QUIET_NS));
    if (reader.lastByteNs === seenNs) return;
  }
}

async function pulse({ session }: LineContext, spanNs: number): Promise<void> {
  const { line } = session;
  line.setLine({ kind: "break", isOn: true });
  try {
    await session.advance(() => false, session.nowNs + spanNs);
  } finally {
    line.setLine({ kind: "break", isOn: false });
  }
}

function modem({ session }: LineContext, { modem: { dtr, rts } }: LineStepOf<"modem">): void {
  const lines = {
    ...(dtr === undefined ? {} : { dtr: dtr === "on" }),
    ...(rts === undefined ? {} : { rts: rts === "on" }),
  };
  session.line.setLine({ kind: "modem", lines });
}

/** One function for each verb. */
const runs: { readonly [V in LineVerb]: Run<V> } = {
  send: (context, { send: text }) => send(context, text),
  line: (context, { line: text }) => send(context, `${text}\r`),
  expect: (context, { expect: sources, timeout = context.timeoutNs }) =>
    expectAll(watched(context), sources, context.session.line.name, timeout),
  never: (context, { never: sources, for: spanNs }) =>
    expectNone(watched(context), sources, context.session.line.name, spanNs),
  wait: async ({ session }, { wait }) => void (await session.advance(() => false, session.nowNs + wait)),
  shell,
  modem,
  break: (context, { break: spanNs }) => pulse(context, spanNs),
  upload: ({ session, folder }, { upload, protocol }) =>
    session.during(session.line.upload(resolve(folder, upload), { protocol }), () => session.line.cancelTransfer()),
  download: ({ session, folder }, { download, protocol, force }) =>
    session.during(session.line.download(resolve(folder, download), { protocol, force }), () =>
      session.line.cancelTransfer(),
    ),
};

/** Does one step. Throws `StepFailure`, and `HvError` for what has nothing to do with the other end. */
export async function runLineStep(context: LineContext, { verb, options }: LineStep): Promise<void> {
  await (runs[verb] as Run<LineVerb>)(context, options as LineStepOf<LineVerb>);
}
