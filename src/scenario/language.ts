/**
 * The one description of the scenario language: the TypeScript types, the messages and the published JSON Schema.
 *
 * A step is an object with one verb (`expect`, `shell`, ...) and that verb's options.
 */
import { z } from "zod";
import { patternProblem } from "./pattern.ts";

const units: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, min: 60e9 };
const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|min)$/;
const MAX_DURATION_NS = 86_400e9;
const durationWords = 'expected a time such as "500ms", "10s" or "2min", more than 0 and at most a day';

/** Nanoseconds; `undefined` for a text that is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  const ns = match === null ? Number.NaN : Math.round(Number(match[1]) * units[match[2]]);
  return ns > 0 && ns <= MAX_DURATION_NS ? ns : undefined;
}

export const duration = z
  .string({ error: durationWords })
  .refine((text) => parseDuration(text) !== undefined, { error: durationWords })
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: "Time of the guest, such as 500ms, 10s or 2min." });

const pattern = z
  .string({ error: "expected a text or /regular expression/" })
  .superRefine((text, context) => {
    const problem = patternProblem(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ description: "A piece of the text as it is, or /a regular expression/ with flags i, s, u." });
export const patterns = z
  .union([pattern, z.array(pattern).min(1)])
  .transform((given) => (Array.isArray(given) ? given : [given]));

const numberWords = "expected a number such as 4096 or 0x1000, below 4 GiB";
const word = z
  .union([z.int().min(-0x80000000).max(0xffffffff), z.string().regex(/^0x[0-9a-fA-F]{1,8}$/)], { error: numberWords })
  .transform((value) => Number(value) >>> 0);
const name = z.string().regex(/^[\w./-]{1,64}$/, { error: "expected a name of letters, digits, _ . / and -" });
const text = z.string().min(1).max(10_000);
/** No control characters, which no name of a file has. */
export const PRINTABLE = /^[^\x00-\x1f\x7f]+$/;
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "expected a text, /regular expression/, number, true, false or null",
});
const data = z
  .record(z.string(), scalar)
  .meta({ description: 'Values of the answer by their path, such as "[0].name" or "rows.length".' });

const value = { equals: word.optional(), mask: word.optional() };
const port = name.optional().meta({ description: "A serial port, such as guest0/uart1; the console without it." });
const timeout = duration.optional();
const rate = z.number().gt(0).max(1);
const seed = z.union([z.int().min(0).max(0xffffffff), z.literal("random")]);
/** In which direction a line is disturbed. */
const toward = z.enum(["guest", "host"]).default("guest");

const pixelCount = z.int().max(4096);

const lineFault = { rate, toward, seed: seed.optional(), port };

/** Each verb with its options. */
export const stepSchemas = {
  power: z.strictObject({ power: z.enum(["on", "off", "cut"]) }),
  reset: z.strictObject({ reset: z.enum(["guest"]) }),
  send: z.strictObject({ send: text, port }),
  line: z.strictObject({ line: z.string().max(10_000), port }),
  expect: z.strictObject({ expect: patterns, timeout, port }),
  never: z.strictObject({ never: patterns, for: duration, port }),
  wait: z.strictObject({ wait: duration }),
  console: z.strictObject({
    console: text,
    output: patterns.optional(),
    json: data.optional(),
    code: z.int().min(-999).max(255).default(0),
    timeout,
  }),
  ids: z.strictObject({
    ids: z.string().regex(/^[a-z][a-z-]{0,30}$/, { error: "expected the name of a check, such as plist" }),
    verdict: z.enum(["clean", "finding", "cannot-tell"]).default("clean"),
    output: patterns.optional(),
    json: data.optional(),
  }),
  shell: z.strictObject({
    shell: text,
    exit: z.int().min(0).max(255).default(0),
    output: patterns.optional(),
    not: patterns.optional(),
    timeout,
    port,
  }),
  memory: z.strictObject({
    memory: z.union([word, z.string().regex(/^[A-Za-z_]\w{0,127}$/)], {
      error: "expected a guest-physical address or the name of a kernel symbol",
    }),
    size: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(4),
    write: word.optional(),
    text: pattern.optional(),
    ...value,
  }),
  register: z.strictObject({ register: z.string().regex(/^[A-Za-z][\w/]{0,15}$/), ...value }),
  device: z.strictObject({
    device: z.string().regex(/^[\w-]{1,31}\.\w{1,31}$/, {
      error: 'expected a register of a device, such as "sysctl.SYS_LED"',
    }),
    ...value,
  }),
  pin: z.strictObject({
    pin: z.string().regex(/^[\w-]{1,31}\.\d{1,3}$/, { error: 'expected a pin of a device, such as "gpio0.3"' }),
    level: z.enum(["high", "low"]).optional(),
    drive: z.enum(["high", "low"]).optional(),
  }),
  snapshot: z.strictObject({ snapshot: z.enum(["save", "load"]), name: name.default("snapshot") }),
  drop: z.strictObject({ drop: rate, toward, seed: seed.optional(), port }),
  noise: z.strictObject({ noise: rate, toward, seed: seed.optional(), port }),
  repair: z.strictObject({ repair: z.union([z.literal("line"), name]), port }),
  stuck: z.strictObject({ stuck: name, reads: word.default(0) }),
  screenshot: z.strictObject({
    screenshot: name,
    file: z.string().max(1_000).regex(PRINTABLE).optional(),
    width: z.int().min(1).max(4096).optional(),
    height: z.int().min(1).max(4096).optional(),
    colors: z
      .int()
      .min(1)
      .max(1 << 24)
      .optional()
      .meta({ description: "At least so many different colours." }),
    region: z
      .tuple([pixelCount.min(0), pixelCount.min(0), pixelCount.min(1), pixelCount.min(1)])
      .optional()
      .meta({ description: "Left, top, width and height of the piece that is meant; all of the picture without it." }),
    pixels: z
      .record(z.string().regex(/^\d{1,4},\d{1,4}$/), z.string().regex(/^#[0-9a-fA-F]{6}$/), {
        error: 'expected colours by their place, such as { "0,0": "#ff8000" }',
      })
      .optional()
      .meta({ description: 'Colours by their place, such as { "0,0": "#ff8000" }.' }),
    same: z
      .string()
      .max(1_000)
      .regex(PRINTABLE)
      .optional()
      .meta({ description: "A picture that it is equal to in every pixel, such as `file` wrote one." }),
  }),
} as const;

export type Verb = keyof typeof stepSchemas;
export const verbs = Object.keys(stepSchemas) as readonly Verb[];

/** A step with its options, by its verb. */
export type StepOf<V extends Verb> = z.output<(typeof stepSchemas)[V]>;
export type LineFault = z.output<z.ZodObject<typeof lineFault>>;

export const settings = {
  timeout: duration.optional().meta({ description: "For each step, in the guest's time; 10s without it." }),
  hostTimeout: duration
    .optional()
    .meta({ description: "For the whole scenario, in the host's time; 2min without it." }),
  forbid: patterns.optional().meta({ description: "A console that prints one of these fails the scenario at once." }),
  retries: z.int().min(0).max(10).optional(),
  seed: seed.optional().meta({ description: "Of line faults; of the scenario's name without it." }),
};

/** A scenario; its steps are checked one by one, so that messages speak of the verb that was meant. */
export const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(200),
  start: z.enum(["prompt", "off"]).default("prompt"),
  disk: z
    .string()
    .regex(/^[1-9]\d{0,2}M$/, { error: 'expected a size such as "8M"' })
    .transform((size) => Number.parseInt(size, 10) * 2 ** 20)
    .optional()
    .meta({ description: "A virtio disk, empty at the start of the scenario." }),
  ...settings,
  steps: z.array(z.record(z.string(), z.unknown())).min(1).max(1_000),
});

export const fileSchema = z.strictObject({
  board: z
    .string()
    .max(1_000)
    .regex(PRINTABLE, { error: "expected the name of a board or a file" })
    .meta({ description: "A board's name, or a profile file beside this one." }),
  append: z.string().max(1_000).optional().meta({ description: "More words for the kernel command line." }),
  rootfs: name.optional().meta({ description: "A root file system of the board's profile, such as debian." }),
  ...settings,
  scenarios: z.array(scenarioSchema).min(1).max(10_000),
});

/** JSON Schema for editors (`# yaml-language-server: $schema=...`). */
export function scenarioJsonSchema(): object {
  const step = z.union(Object.values(stepSchemas) as unknown as [z.ZodType, z.ZodType]);
  const scenario = scenarioSchema.extend({ steps: z.array(step).min(1) });
  const file = fileSchema.extend({ scenarios: z.array(scenario).min(1) });
  return z.toJSONSchema(file, { io: "input", unrepresentable: "any" });
}
