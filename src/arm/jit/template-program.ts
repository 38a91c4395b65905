/** The templates of a processor: made from the samples, or read from what the build of the program made of them. */

import { CPU_STATE_OFFSET, GuestBus, HostMemory, PageTraps } from "../../memory/index.ts";
import { type CpuModel, REMAINING } from "../core/index.ts";
import { archsOf, Decoder, rows } from "../decode/index.ts";
import { Interpreter } from "../interp/index.ts";
import type { Cp15View } from "./cp15.table.ts";
import { Handler, TemplateModule, type TemplateProgram } from "./template-module.ts";
import { templateSamples } from "./template-samples.table.ts";
import { RECORD_BYTES } from "./template-shape.ts";

/** Largest memory of 32 bits, in pages of 64 KiB: the program serves memories of any size. */
const MAX_MEMORY_PAGES = 65_536;
const HEADER_BYTES = 4;

/** Name of the file with the templates of a processor, by its name in profiles. */
export const templateFileName = (cpuModel: string): string => `templates-${cpuModel}.bin`;

/** Decodes for templates: nothing is executed. */
export const templateDecoder = ({ architecture, hasVfp }: CpuModel): Decoder<never> =>
  new Decoder<never>(
    rows.map(() => () => {}),
    archsOf(architecture, hasVfp),
  );

const made = new Map<string, TemplateProgram>();

/** The same for all machines with that processor. */
export function makeTemplates(model: CpuModel, cp15: Cp15View): TemplateProgram {
  const known = made.get(model.name);
  if (known !== undefined) return known;
  const decoder = templateDecoder(model);
  const samples = templateSamples.map((word) => decoder.arm(word));
  const program = new TemplateModule({ cp15 }).build(samples, { min: 1, max: MAX_MEMORY_PAGES });
  made.set(model.name, program);
  return program;
}

/** The same without a machine, for the build. */
export function templatesOf(model: CpuModel): TemplateProgram {
  const host = new HostMemory(0);
  const { cp15 } = new Interpreter(new GuestBus(host, new PageTraps(host.u8.length), []), model);
  return makeTemplates(model, cp15);
}

/** Records that a first run goes over, each with a condition that does not hold: nothing is done. */
const FIRST_RECORDS = 2_048;
const FIRST_RECORD = 0x8000;

/**
 * A run in an empty memory that makes V8 optimise the function: pages of memory, words to be set in it, and the argument.
 * Whoever begins a program does that while the rest is loaded, and needs to know nothing of templates.
 */
const firstRun = {
  pages: 1,
  words: [[(CPU_STATE_OFFSET >> 2) + REMAINING, FIRST_RECORDS - 1]],
  fill: { from: FIRST_RECORD >> 2, step: RECORD_BYTES >> 2, count: FIRST_RECORDS, value: Handler.condition },
  record: FIRST_RECORD,
};

/** As a file: the length of a JSON text, the text with what is known of the templates, the module. */
export function encodeTemplates({ bytes, handlers, endings }: TemplateProgram): Uint8Array {
  const known = { firstRun, handlers: [...handlers], endings: [...endings] };
  const text = Buffer.from(JSON.stringify(known), "utf8");
  const length = Buffer.alloc(HEADER_BYTES);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, bytes]);
}

/** Reads what `encodeTemplates` wrote in the same build of the program. */
export function decodeTemplates(file: Uint8Array): TemplateProgram {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const end = HEADER_BYTES + buffer.readUInt32LE(0);
  const { handlers, endings } = JSON.parse(buffer.toString("utf8", HEADER_BYTES, end)) as {
    handlers: [number, number][];
    endings: number[];
  };
  return { bytes: buffer.subarray(end), handlers: new Map(handlers), endings: Uint8Array.from(endings) };
}
