/**
 * Random accesses through random page tables, for a core and for QEMU's.
 *
 * `probe.s` takes 16 words a case: control bits, DACR, TTBCR, the first-level descriptors in the tables of TTBR0 and
 * TTBR1, the second-level descriptor, the address, the kind of access, and physical addresses to be marked with their
 * page number, which are also SVC instructions. It leaves 10 words: what happened, the value, LR and SPSR of the
 * exception, the CPSR, DFSR, FAR, IFSR, IFAR and PAR.
 */
import { Control } from "../../../../src/arm/core/index.ts";
import type { Random } from "../../fuzz/random.ts";
import { makeRandom } from "../../fuzz/random.ts";

export const PROGRAM_ADDRESS = 0x8000;
export const CASES_ADDRESS = 0x20000;
export const RESULTS_ADDRESS = 0x60000;
export const CASE_WORDS = 16;
export const RESULT_WORDS = 10;
/** What the probe writes behind the last result. */
export const END_MARK = 0x600d600d;
export const CASE_COUNT = 3000;
/** All that is mapped lies in it, or where nothing answers. */
export const RAM_SIZE = 0x2000000;

const COARSE = 0x14000;
const NOTHING = 0x30000000;
const kinds = [
  "ldr",
  "str",
  "exec",
  "ldrt",
  "strt",
  "user exec",
  "V2P r",
  "V2P w",
  "V2P user r",
  "V2P user w",
  "swp",
  "ldm",
];
const KIND_TRANSLATE = 6;
const KIND_BLOCK = 11;

export interface MemoryCase {
  readonly control: number;
  readonly dacr: number;
  readonly ttbcr: number;
  readonly firsts: readonly number[];
  readonly second: number;
  readonly va: number;
  readonly kind: number;
  readonly marks: readonly number[];
}

const addressSpaces = [0x01200000, 0x12300000, 0x40000000, 0x7ff00000, 0x80000000, 0xc0000000, 0xffe00000];

function makeSection(random: Random, isExtended: boolean): number {
  const domain = random.below(15) << 5;
  const common = (random.below(4) << 10) | (random.below(8) << 12) | (random.below(4) << 2) | 2;
  const base = random.oneIn(16) ? NOTHING : (1 + random.below(15)) << 20;
  if (!isExtended) return base | domain | common | (random.below(2) << 4);
  const bits = common | (random.below(2) << 4) | (random.below(2) << 15) | (random.below(4) << 16);
  // QEMU makes a longer address of the bits where a section has its domain and the lowest of its base.
  return random.oneIn(3) ? (random.oneIn(16) ? NOTHING : 0x01000000) | bits | 0x40000 : base | domain | bits;
}

/** QEMU has neither the supersections of page tables with subpages, nor does it refuse their fine tables. */
function makeFirst(random: Random, isExtended: boolean): number {
  if (random.oneIn(12)) return isExtended && random.oneIn(2) ? random.word() | 3 : (random.word() & ~3) >>> 0;
  if (random.oneIn(2)) return makeSection(random, isExtended);
  return (random.oneIn(16) ? NOTHING : COARSE) | (random.below(15) << 5) | 1;
}

function makeSecond(random: Random): number {
  const base = random.oneIn(16) ? NOTHING : (1 + random.below(15)) << 20;
  const bits = random.word() & 0xffff;
  return (base | (random.below(16) << 16) | (random.oneIn(12) ? bits & ~3 : bits)) >>> 0;
}

function makeControl(random: Random): number {
  const optional = [Control.A, Control.S, Control.R].filter(() => random.oneIn(4));
  const control = Control.M | optional.reduce((sum, bit) => sum | bit, 0);
  return random.oneIn(4) ? control : control | Control.XP | Control.U;
}

/** Where the access may go, by each format of descriptor. */
function marksOf(firsts: readonly number[], second: number, va: number): number[] {
  const aligned = va & ~3;
  const places = firsts.flatMap((first) => [
    ((first & 0xfff00000) | (aligned & 0xfffff)) >>> 0,
    ((first & 0xff000000) | (aligned & 0xffffff)) >>> 0,
  ]);
  places.push(((second & 0xffff0000) | (aligned & 0xffff)) >>> 0, ((second & 0xfffff000) | (aligned & 0xfff)) >>> 0);
  return places.map((place) => (place >= 0x100000 && place < RAM_SIZE ? place : 0));
}

/** The domains of a case: the code's own, 15, is managed, and of the others most are clients. */
function makeDomains(random: Random): number {
  let dacr = 3 << 30;
  for (let domain = 0; domain < 15; domain++) dacr |= random.pick([0, 1, 1, 1, 1, 1, 1, 2, 3]) << (domain * 2);
  return dacr;
}

/**
 * QEMU asks the domain before it looks at the second level, and the manual after that: domains of what faults there are
 * clients.
 */
function withOpenDomains(dacr: number, firsts: readonly number[], second: number): number {
  let open = dacr;
  for (const first of firsts) {
    const shift = ((first >>> 5) & 15) * 2;
    if ((first & 3) === 1 && (first >>> 28 !== 0 || (second & 3) === 0)) open = (open & ~(3 << shift)) | (1 << shift);
  }
  return open;
}

/** QEMU takes a data abort when a translation operation cannot read a table; the core's manual has a fault status for it. */
const inReach = (first: number): number => ((first & 3) === 1 && first >>> 28 !== 0 ? COARSE | (first & 0x1e1) : first);

/** The access flag: QEMU asks domain and XN before it, the manual after it. */
function withAccessFlag(random: Random, plain: MemoryCase): MemoryCase {
  const isFetch = plain.kind === 2 || plain.kind === 5;
  if ((plain.control & Control.XP) === 0 || isFetch || !random.oneIn(5)) return plain;
  return { ...plain, control: plain.control | Control.AFE, dacr: 0xd5555555 };
}

function makeCase(random: Random): MemoryCase {
  const control = makeControl(random);
  const isExtended = (control & Control.XP) !== 0;
  const kind = random.below(kinds.length);
  const isTranslation = kind >= KIND_TRANSLATE && kind < KIND_TRANSLATE + 4;
  const firsts = [0, 1]
    .map(() => makeFirst(random, isExtended))
    .map((first) => (isTranslation ? inReach(first) : first));
  const second = makeSecond(random);
  const dacr = withOpenDomains(makeDomains(random), firsts, second) >>> 0;
  const ttbcr = random.oneIn(2) ? 0 : random.below(8) | (random.oneIn(8) ? 0x20 : 0);
  const offset = random.below(0x40000) << 2;
  // A block of two words stays in its page.
  const va = (random.pick(addressSpaces) | (kind === KIND_BLOCK ? offset & ~4 : offset)) >>> 0;
  const mayBeMisaligned = !isTranslation && kind !== 2 && kind !== 5 && (control & Control.A) !== 0;
  const address = mayBeMisaligned && random.oneIn(3) ? va + 1 + random.below(3) : va;
  const marks = marksOf(firsts, second, va);
  return withAccessFlag(random, { control, dacr, ttbcr, firsts, second, va: address, kind, marks });
}

export function memoryCases(count: number, seed = 0x1176): MemoryCase[] {
  const random = makeRandom(seed);
  return Array.from({ length: count }, () => makeCase(random));
}

/** The image that the probe reads: the number of cases, filled up to the size of one, then the cases. */
export function casesImage(cases: readonly MemoryCase[]): Uint8Array {
  const words = new Uint32Array((cases.length + 1) * CASE_WORDS);
  words[0] = cases.length;
  for (const [index, { control, dacr, ttbcr, firsts, second, va, kind, marks }] of cases.entries()) {
    words.set([control, dacr, ttbcr, ...firsts, second, va, kind, ...marks], (index + 1) * CASE_WORDS);
  }
  return new Uint8Array(words.buffer);
}

const hex = (value: number): string => (value >>> 0).toString(16);

/** The domain of a translation fault of a section is not valid, and QEMU gives one in page tables with subpages. */
const comparableStatus = (status: number): number => ((status & 0x40f) === 5 ? status & ~0xf0 : status);

/** What a case did, in words that are compared. QEMU puts a domain into the IFSR, and attributes and sizes into the PAR. */
export function describeResult({ kind, control, va, dacr }: MemoryCase, words: ArrayLike<number>): string {
  const [what, value, lr, spsr, cpsr, dfsr, far, ifsr, ifar, par] = Array.from(words);
  const title = `${kinds[kind]} ${hex(va)} control ${hex(control)} dacr ${hex(dacr)}:`;
  const after = `cpsr ${hex(cpsr & 0x03ff)}`;
  if (kind >= KIND_TRANSLATE && kind < KIND_TRANSLATE + 4) {
    const found = (par & 1) === 0 ? `physical ${hex(par & 0xfffff000)}` : `abort ${hex(par & 0x7f)}`;
    return `${title} ${found}, ${after}, dfsr ${hex(dfsr)}`;
  }
  if (what === 0) return `${title} ${hex(value)}, ${after}`;
  const taken = `lr ${hex(lr)} spsr ${hex(spsr & 0x03ff)} ${after}`;
  if (what === 1) return `${title} data abort ${hex(comparableStatus(dfsr))} at ${hex(far)}, ${taken}`;
  if (what === 2) return `${title} prefetch abort ${hex(ifsr & 0x140f)} at ${hex(ifar)}, ${taken}`;
  return `${title} exception ${what} ${hex(value)}, ${taken}`;
}
