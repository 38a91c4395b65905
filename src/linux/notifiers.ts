/**
 * Notifier chains (include/linux/notifier.h): found by the code of the functions that register for them, which passes
 * the chain to one of the `*_notifier_chain_register`.
 */
import type { AddressSpace } from "./address-space.ts";
import { branchTarget, loadedLiteral, type ReadWord } from "./arm-code.ts";
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
const R0 = 0;
/** Instructions in which `*_notifier_chain_register` computes where in the head the first pointer is. */
const PROLOGUE_WORDS = 10;

export interface NotifierContext {
  readonly space: AddressSpace;
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
}

/** The offset of the first pointer in a head of that kind: what is added to the first argument, if anything. */
function headOffset({ readCode }: NotifierContext, register: number): number {
  for (let at = register; at < register + PROLOGUE_WORDS * 4; at += 4) {
    const instruction = readCode(at) ?? 0;
    // add rX, r0, #imm8
    if ((instruction & 0xffff0f00) >>> 0 === 0xe2800000) return instruction & 0xff;
  }
  return 0;
}

/** Constants in registers, as far as straight code makes them. */
class KnownConstants {
  private readonly values = new Map<number, number>();
  private readonly readCode: ReadWord;

  constructor(readCode: ReadWord) {
    this.readCode = readCode;
  }

  get(register: number): number | undefined {
    return this.values.get(register);
  }

  step(instruction: number, at: number): void {
    const { values } = this;
    const literal = loadedLiteral(instruction, at, this.readCode);
    const destination = (instruction >>> 12) & 0xf;
    const isMovt = (instruction & 0x0ff00000) === 0x03400000;
    const isMov = (instruction & 0x0fff0ff0) === 0x01a00000;
    const before = values.get(isMov ? instruction & 0xf : destination);
    if (branchTarget(instruction, at) !== undefined) for (const register of [0, 1, 2, 3, 12]) values.delete(register);
    else values.delete(destination);
    if (literal !== undefined) values.set(literal.register, literal.value);
    else if ((instruction & 0x0ff00000) === 0x03000000) values.set(destination, immediate16(instruction));
    else if (isMovt && before !== undefined) {
      values.set(destination, ((immediate16(instruction) << 16) | (before & 0xffff)) >>> 0);
    } else if (isMov && before !== undefined) values.set(destination, before);
  }
}

/** The constant that the function at `start` passes first to a function of `registers`, and which that is. */
function passedChain({ readCode }: NotifierContext, start: number, end: number, registers: ReadonlySet<number>) {
  const constants = new KnownConstants(readCode);
  for (let at = start; at < end; at += 4) {
    const instruction = readCode(at);
    if (instruction === undefined) return undefined;
    const target = branchTarget(instruction, at);
    const chain = constants.get(R0);
    if (target !== undefined && registers.has(target) && chain !== undefined) return { chain, register: target };
    constants.step(instruction, at);
  }
  return undefined;
}

const immediate16 = (instruction: number): number => ((instruction >>> 4) & 0xf000) | (instruction & 0xfff);

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
    const end = Math.min(text.value.nextStart(address) ?? address, address + MAX_FUNCTION_BYTES);
    const passed = passedChain(context, address, end, registers);
    if (passed === undefined) continue;
    const head = passed.chain + headOffset(context, passed.register);
    if (!chains.has(head)) chains.set(head, { name: name.replace("register_", ""), head, ...walkChain(context, head) });
  }
  return [...chains.values()];
}
