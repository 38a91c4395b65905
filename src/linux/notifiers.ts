/**
 * Notifier chains (include/linux/notifier.h): found by the code of the functions that register for them, which passes
 * the chain to one of the `*_notifier_chain_register`.
 */
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import { type Path, type Trace, traceCode, tracersOf } from "./code-trace.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";

export interface NotifierBlock {
  readonly address: number;
  readonly callback: number;
}

export interface NotifierChain {
  /** Of the function that registers, without `register_`: `keyboard_notifier`. */
  readonly name: string;
  /** Address of the pointer to the first block. */
  readonly head: number;
  readonly blocks: readonly NotifierBlock[];
  /** A link that leads nowhere, or round in a circle. */
  readonly brokenAt: number | undefined;
}

const MAX_FUNCTION_BYTES = 0x200;
const MAX_BLOCKS = 1024;

export interface NotifierContext {
  readonly space: AddressSpace;
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
}

const isDirect = ({ steps }: Path): boolean => steps.length === 0;

function traced({ symbols, readCode }: NotifierContext, start: number): Trace {
  const next = symbols.text.known ? symbols.text.value.nextStart(start) : undefined;
  const endAddress = Math.min(next ?? start, start + MAX_FUNCTION_BYTES);
  const tracers = tracersOf((name) => symbols.find(name));
  return traceCode({ startAddress: start, endAddress, tracers, readWord: readCode });
}

/**
 * The offset of the first pointer in a head of that kind, behind its lock: where the function that takes all kinds is told to
 * begin or, when that is part of this one, what is loaded first.
 */
function headOffset(context: NotifierContext, register: number): number {
  const { calls, accesses } = traced(context, register);
  const worker = context.symbols.find("notifier_chain_register");
  const [told] = calls.filter(({ target, args: [list] }) => target === worker && list.root === "r0" && isDirect(list));
  if (worker !== undefined && told !== undefined) return told.args[0].add;
  const [loaded] = accesses.filter(
    ({ kind, address }) => kind === "load" && address.root === "r0" && isDirect(address),
  );
  return loaded?.address.add ?? 0;
}

/** The constant that the function at `start` passes first to a function of `registers`, and which that is. */
function passedChain(context: NotifierContext, start: number, registers: ReadonlySet<number>) {
  for (const { target, args } of traced(context, start).calls) {
    const [chain] = args;
    if (target === undefined || !registers.has(target) || chain.root !== "const" || !isDirect(chain)) continue;
    return { chain: chain.add >>> 0, register: target };
  }
  return undefined;
}

function walkChain({ space }: NotifierContext, head: number): Pick<NotifierChain, "blocks" | "brokenAt"> {
  const blocks: NotifierBlock[] = [];
  const seen = new Set<number>();
  for (let link = head; ; ) {
    const block = space.readU32(link);
    if (block === 0) return { blocks, brokenAt: undefined };
    const callback = block === undefined || (block & 3) !== 0 ? undefined : space.readU32(block);
    if (block === undefined || callback === undefined || seen.has(block) || blocks.length >= MAX_BLOCKS) {
      return { blocks, brokenAt: link };
    }
    seen.add(block);
    blocks.push({ address: block, callback });
    link = block + 4;
  }
}

/** Every chain that some function registers for. */
export function notifierChains(context: NotifierContext): NotifierChain[] {
  const { text } = context.symbols;
  if (!text.known) return [];
  const registers = new Set<number>();
  const functions: { name: string; address: number }[] = [];
  for (const { name, address } of text.value) {
    if (/(?:^|_)notifier_chain_register$/.test(name)) registers.add(address);
    else if (/^(?:[a-z0-9]+_)*register_\w*notifier$/.test(name) && !name.includes("unregister")) {
      functions.push({ name, address });
    }
  }
  const chains = new Map<number, NotifierChain>();
  for (const { name, address } of functions) {
    const passed = passedChain(context, address, registers);
    if (passed === undefined) continue;
    const head = passed.chain + headOffset(context, passed.register);
    if (!chains.has(head)) chains.set(head, { name: name.replace("register_", ""), head, ...walkChain(context, head) });
  }
  return [...chains.values()];
}
