/**
 * The scenario language on a line with a real board, or anything else, at its other end: the steps that need no machine
 * to look into, and those that only a line has.
 */
import { z } from "zod";
import { duration, PRINTABLE, patterns, scenarioSchema, settings, stepSchemas, verbs } from "./language.ts";

const level = z.enum(["on", "off"]);
const path = z.string().min(1).max(1_000).regex(PRINTABLE, { error: "expected the name of a file" });
const protocol = z.enum(["xmodem", "xmodem-1k", "ymodem"]).default("ymodem");

export const lineStepSchemas = {
  send: stepSchemas.send.omit({ port: true }),
  line: stepSchemas.line.omit({ port: true }),
  expect: stepSchemas.expect.omit({ port: true }),
  never: stepSchemas.never.omit({ port: true }),
  wait: stepSchemas.wait,
  shell: stepSchemas.shell.omit({ port: true }),
  modem: z.strictObject({
    modem: z.strictObject({ dtr: level.optional(), rts: level.optional() }).meta({ description: "Our side's lines." }),
  }),
  break: z.strictObject({ break: duration }),
  upload: z.strictObject({ upload: path, protocol }),
  download: z.strictObject({ download: path, protocol, force: z.boolean().default(false) }),
} as const;

export type LineVerb = keyof typeof lineStepSchemas;
export type LineStepOf<V extends LineVerb> = z.output<(typeof lineStepSchemas)[V]>;

export const lineVerbs = Object.keys(lineStepSchemas) as readonly LineVerb[];
/** Steps that need a machine to look into. */
export const machineVerbs: readonly string[] = verbs.filter((verb) => !Object.hasOwn(lineStepSchemas, verb));
/** Steps that a modelled board does not have. */
export const lineOnlyVerbs: readonly string[] = lineVerbs.filter((verb) => !Object.hasOwn(stepSchemas, verb));

const steps = scenarioSchema.shape.steps;
/** No line is booted, retried or seeded. */
const lineSettings = { timeout: settings.timeout, hostTimeout: settings.hostTimeout, forbid: patterns.optional() };

/** A script: one list of steps. */
export const scriptSchema = z.strictObject({ ...lineSettings, steps });

/** A file of scenarios, as `komainu test` takes it, of which only what a line can do is taken. */
export const lineFileSchema = z.strictObject({
  board: z.string().max(1_000).optional(),
  ...lineSettings,
  scenarios: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        start: z.enum(["prompt"]).optional(),
        ...lineSettings,
        steps,
      }),
    )
    .min(1)
    .max(10_000),
});
