/** Where the kernel keeps its log and its command line, and the parts of the log's ring (kernel/printk, since 5.10). */
import type { Path } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";

export const LOG_FIELDS = ["saved_command_line", "printk_ringbuffer", "log_buf", "log_buf_len"] as const;
export type LogField = (typeof LOG_FIELDS)[number];

/** Functions that hand the ring to those of printk_ringbuffer.c; a kernel has some of them. */
const READERS = ["kmsg_dump_rewind", "devkmsg_open", "devkmsg_poll", "kmsg_dump_get_line", "devkmsg_read", "do_syslog"];
const RING_FUNCTION = /^_?prb_(next_seq|first_valid_seq|read_valid|read_valid_info|first_seq)$/;
const MAX_COMMAND_LINE_BYTES = 4096;
const MIN_RING_BITS = 4;
const MAX_RING_BITS = 26;

const isVariable = ({ root, steps, add }: Path): boolean => root === "const" && steps.length === 1 && add === 0;

/** The pointers that are passed as the ring. */
function passedRings(context: LayoutContext): number[] {
  const rings = new Set<number>();
  for (const name of READERS) {
    for (const { target, args } of context.trace(name)?.calls ?? []) {
      const called = target === undefined ? [] : context.symbols.namesAt(target);
      if (!called.some((symbol) => RING_FUNCTION.test(symbol))) continue;
      const [ring] = args;
      const value = isVariable(ring) ? context.word(ring.steps[0]) : undefined;
      if (context.isPointer(value)) rings.add(value);
    }
  }
  return [...rings];
}

/** `count_bits, descs, infos` and, five or six words on, `size_bits, data` of the text that log_buf is. */
function isRing(context: LayoutContext, ring: number, text: number | undefined): boolean {
  const words = context.words(ring, 0x40);
  const [bits, descs, infos] = words;
  if (bits < MIN_RING_BITS || bits > MAX_RING_BITS || !context.isPointer(descs) || !context.isPointer(infos))
    return false;
  const data = text === undefined ? -1 : words.indexOf(text, 5);
  return text === undefined || (data > 0 && words[data - 1] >= MIN_RING_BITS && words[data - 1] <= MAX_RING_BITS);
}

function returnedVariable(context: LayoutContext, name: string): number | undefined {
  const results = (context.trace(name)?.results ?? []).filter(isVariable);
  return results.length === 1 ? results[0].steps[0] : undefined;
}

function findRing(context: LayoutContext, logBuf: number | undefined): Fact<number> {
  const text = logBuf === undefined ? undefined : context.word(logBuf);
  const rings = passedRings(context).filter((ring) => isRing(context, ring, text));
  if (rings.length !== 1)
    return unknown(`${rings.length} rings are handed to the readers of the log (Linux before 5.10?)`);
  return text === undefined
    ? likely(rings[0], "readers of the log hand it on")
    : proved(rings[0], "readers of the log hand it on, and its text is log_buf");
}

function findCommandLine(context: LayoutContext): Fact<number> {
  const known = context.symbols.find("saved_command_line");
  const passed = (context.trace("cmdline_proc_show")?.calls ?? []).flatMap(({ args }) => args.filter(isVariable));
  const addresses = new Set(known === undefined ? passed.map(({ steps }) => steps[0]) : [known]);
  const fitting = [...addresses].filter((address) => {
    const text = context.space.readCString(context.word(address) ?? 0, MAX_COMMAND_LINE_BYTES);
    return text !== undefined && !/[^\x20-\x7e]/.test(text);
  });
  if (fitting.length !== 1) return unknown(`${fitting.length} texts could be what /proc/cmdline shows`);
  return proved(fitting[0], known === undefined ? "cmdline_proc_show prints the text it points to" : "its symbol");
}

function learn(context: LayoutContext): LearnedFacts<LogField> {
  const learned: LearnedFacts<LogField> = new Map();
  learned.set("saved_command_line", findCommandLine(context));
  const of = (name: "log_buf" | "log_buf_len", call: string): number | undefined => {
    const address = context.symbols.find(name) ?? returnedVariable(context, call);
    learned.set(name, address === undefined ? unknown(`${call} does not tell`) : likely(address, `${call} returns it`));
    return address;
  };
  const logBuf = of("log_buf", "log_buf_addr_get");
  of("log_buf_len", "log_buf_len_get");
  learned.set("printk_ringbuffer", findRing(context, logBuf));
  return learned;
}

export const logLayout: LayoutGroup<LogField> = { fields: LOG_FIELDS, learn };
