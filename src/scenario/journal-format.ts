/**
 * The journal of a run as text, one JSON object a line: what the machine is, every input with the instruction and the
 * virtual time at which it came, the end, and a digest of all lines before. Format: `docs/journal-format.md`.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { journalInvalid } from "./errors.ts";

export const JOURNAL_SCHEMA = "komainu.journal/1";
const MAX_CHARACTERS = 64 << 20;
const MAX_EVENTS = 1_000_000;
/** What a journal may have of inputs, with room for its other lines. */
export const JOURNAL_LIMITS = { maxEvents: MAX_EVENTS - 10, maxCharacters: MAX_CHARACTERS - (4 << 20) } as const;

/** Instructions since power-on, and nanoseconds of virtual time: together they name one moment of one life. */
const moment = z.tuple([z.int().nonnegative(), z.number().nonnegative()]);
export type Moment = z.output<typeof moment>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const portName = z.string().min(1).max(100);
/** Bytes as characters 0 .. 255. */
const bytes = z
  .string()
  .max(1 << 20)
  .regex(/^[\x00-\xff]*$/);
const byte = z.int().min(0).max(0xffffffff);

const header = z.strictObject({
  schema: z.literal(JOURNAL_SCHEMA),
  program: z.strictObject({ version: z.string().max(100) }),
  scenario: z.strictObject({ name: z.string().max(1_000), place: z.string().max(2_000) }),
  board: z.strictObject({ name: z.string().min(1).max(100), profile: z.string().max(1 << 20) }),
  append: z.string().max(1_000).optional(),
  rootfs: z.string().min(1).max(100).optional(),
  baudPacing: z.literal(true).optional(),
  epochSeconds: z.int().nonnegative().optional(),
  start: z.enum(["prompt", "off"]),
  diskBytes: z.int().positive().optional(),
  images: z.strictObject({
    kernel: digest,
    deviceTree: digest,
    initrd: digest.optional(),
    overlays: z.array(digest).max(100),
    rootfs: digest.optional(),
  }),
  begin: moment,
});

const at = { at: moment };
/** What the other end of a serial line does besides sending characters: `LineEvent`. */
const lineEvent = z.union([
  z.strictObject({
    kind: z.literal("settings"),
    settings: z.strictObject({
      baudRate: z.int().min(1).max(0xffffffff).optional(),
      dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]).optional(),
      parity: z.enum(["none", "odd", "even", "mark", "space"]).optional(),
      stopBits: z.union([z.literal(1), z.literal(2)]).optional(),
    }),
  }),
  z.strictObject({
    kind: z.literal("modem"),
    lines: z.strictObject({ dtr: z.boolean().optional(), rts: z.boolean().optional() }),
  }),
  z.strictObject({ kind: z.literal("break"), isOn: z.boolean() }),
]);
const events = z.union([
  z.strictObject({ ...at, send: portName, bytes }),
  z.strictObject({ ...at, line: portName, event: lineEvent }),
  z.strictObject({ ...at, pass: z.number().nonnegative() }),
  z.strictObject({ ...at, command: z.string().max(100_000) }),
  z.strictObject({ ...at, resume: z.boolean() }),
  z.strictObject({ ...at, abandon: z.literal(true) }),
  z.strictObject({ ...at, pin: z.string().max(100), level: z.boolean() }),
  z.strictObject({ ...at, write: byte, bytes }),
  z.strictObject({ ...at, power: z.enum(["kick", "off", "cut", "on", "reset"]) }),
  z.strictObject({ ...at, save: z.string().max(100) }),
  z.strictObject({ ...at, load: z.string().max(100) }),
  z.strictObject({
    ...at,
    fault: portName,
    kind: z.enum(["drop", "noise"]),
    rate: z.number().gt(0).max(1),
    toward: z.enum(["guest", "host"]),
    seed: byte,
  }),
  z.strictObject({ ...at, repair: portName }),
  z.strictObject({ ...at, stuck: z.string().max(100), reads: byte }),
  z.strictObject({ ...at, unstick: z.string().max(100) }),
]);

const end = z.strictObject({
  end: moment,
  /** Of the whole machine; of a run at a console, whose keys are no inputs of the machine, that of the guest alone. */
  stateHash: digest.optional(),
  guestHash: digest.optional(),
  console: z.strictObject({ byteCount: z.int().nonnegative(), sha256: digest }),
  failure: z.string().max(100_000).optional(),
});

export type JournalHeader = z.output<typeof header>;
export type JournalEvent = z.output<typeof events>;
export type JournalEnd = z.output<typeof end>;
/** An event before its moment is known. */
export type Input = JournalEvent extends infer E ? (E extends unknown ? Omit<E, "at"> : never) : never;

export interface Journal {
  readonly header: JournalHeader;
  readonly events: readonly JournalEvent[];
  readonly end: JournalEnd;
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export function journalText({ header: first, events: inputs, end: last }: Journal): string {
  const lines = [first, ...inputs, last].map((line) => `${JSON.stringify(line)}\n`).join("");
  return `${lines}${JSON.stringify({ sha256: digestOf(lines) })}\n`;
}

function parseLine<T>(
  schema: z.ZodType<T>,
  text: string,
  { path, line, what }: { path: string; line: number; what: string },
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw journalInvalid(path, line, `${what} as a line of JSON`, JSON.stringify(text.slice(0, 40)));
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const member = issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  throw journalInvalid(path, line, what, `${issue.message}${member}`);
}

/** The journal in `text`, verified as a whole; throws `journal-invalid` with the line. */
export function parseJournal(text: string, path: string): Journal {
  if (text.length > MAX_CHARACTERS) {
    throw journalInvalid(path, 1, `at most ${MAX_CHARACTERS} characters`, `${text.length}`);
  }
  const lines = text.split("\n");
  const last = lines.length - 1;
  if (!text.startsWith("{") || lines.length < 4 || lines[last] !== "") {
    throw journalInvalid(path, Math.max(1, last), "a journal of at least three whole lines", `${last}`);
  }
  const { schema } = parseLine(z.looseObject({ schema: z.string().max(100) }), lines[0], {
    path,
    line: 1,
    what: "a journal's first line",
  });
  if (schema !== JOURNAL_SCHEMA) throw journalInvalid(path, 1, `the schema ${JOURNAL_SCHEMA}`, JSON.stringify(schema));
  const { sha256 } = parseLine(z.strictObject({ sha256: digest }), lines[last - 1], {
    path,
    line: last,
    what: "the digest of the journal",
  });
  if (digestOf(text.slice(0, text.length - lines[last - 1].length - 1)) !== sha256) {
    throw journalInvalid(path, last, "lines that match their digest", "some that were changed");
  }
  if (lines.length > MAX_EVENTS)
    throw journalInvalid(path, MAX_EVENTS, `at most ${MAX_EVENTS} lines`, `${lines.length}`);
  return {
    header: parseLine(header, lines[0], { path, line: 1, what: "a journal's first line" }),
    events: lines.slice(1, last - 2).map((line, i) => parseLine(events, line, { path, line: i + 2, what: "an event" })),
    end: parseLine(end, lines[last - 2], { path, line: last - 1, what: "the end of the journal" }),
  };
}
