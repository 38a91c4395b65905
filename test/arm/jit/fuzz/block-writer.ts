/** Writes one basic block of a random program: pointers, a body of random instructions, a way out. */
import type { Row } from "../../../../src/arm/decode/index.ts";
import type { Random } from "../../fuzz/random.ts";
import { makeStatus, STATUS } from "../../fuzz/vfp-case-generator.ts";
import { arm, type Image, thumb } from "./image.ts";
import {
  CODE,
  DATA,
  DATA_PAGES,
  DEVICE,
  LARGE_ALIAS,
  LEAF_OFFSET,
  LEAF_PAGES,
  NOWHERE,
  PAGE,
  SECTION_ALIAS,
  SMALL_ALIAS,
  SWITCHED_PAGE,
  TINY_ALIAS,
  TWIN_ALIAS,
} from "./memory-map.table.ts";
import {
  type Architecture,
  INDEX,
  instructionOf,
  POINTERS,
  randomInstruction,
  randomVfpInstruction,
} from "./random-instruction.ts";

export interface BlockPlace {
  readonly address: number;
  readonly isThumb: boolean;
}

export interface Surroundings {
  readonly random: Random;
  readonly places: readonly BlockPlace[];
  /** Addresses of the mapping routines. */
  readonly routines: readonly number[];
  readonly emphasis: Emphasis;
  /** Has more room than the other rows. */
  readonly lead: Row;
  readonly architecture: Architecture;
}

type Part =
  | "crossing"
  | "vfpStatus"
  | "body"
  | "loop"
  | "patch"
  | "call"
  | "routine"
  | "mask"
  | "maskedInterrupt"
  | "device";

/** What programs are about: the parts of blocks, picked at random. */
export const emphases = {
  mixed: [
    "body",
    "body",
    "body",
    "body",
    "loop",
    "patch",
    "call",
    "routine",
    "crossing",
    "mask",
    "maskedInterrupt",
    "device",
  ],
  arithmetic: ["body", "body", "loop"],
  mappings: ["body", "call", "call", "call", "routine"],
  crossings: ["crossing", "crossing", "crossing", "body", "call"],
  patches: ["body", "body", "loop", "patch", "call"],
  floatingPoint: ["body", "body", "loop", "vfpStatus", "call"],
  interrupts: ["body", "loop", "mask", "maskedInterrupt", "device"],
} satisfies Readonly<Record<string, readonly Part[]>>;
export type Emphasis = keyof typeof emphases;

export const emphasesOf = (architecture: Architecture): Emphasis[] =>
  (Object.keys(emphases) as Emphasis[]).filter((name) => architecture === 6 || name !== "floatingPoint");

/** Bytes that a block may take, its literals included. */
export const BLOCK_BYTES = 0x100;
const MOST_INSTRUCTIONS = 10;

/** What BX takes to go there. */
export const entryOf = ({ address, isThumb }: BlockPlace): number => address | (isThumb ? 1 : 0);

/** An address for a load or a store: mostly data, near the end of a page more often than chance has it. */
export function randomPointer({ random, places }: Surroundings): number {
  const page = DATA + random.below(DATA_PAGES) * PAGE;
  const pages = [DATA, page, page, page, SMALL_ALIAS + random.below(16) * PAGE, SECTION_ALIAS + page, TINY_ALIAS];
  const rare = [DEVICE, NOWHERE, LARGE_ALIAS, entryOf(random.pick(places)) & ~1];
  const base = random.oneIn(6) ? random.pick(rare) : random.pick(pages);
  if (random.oneIn(4)) return base + PAGE - 4 * random.below(16);
  return base + (random.oneIn(5) ? random.below(PAGE) : 4 * random.below(PAGE / 4 - 64));
}

export class BlockWriter {
  private readonly surroundings: Surroundings;
  private readonly place: BlockPlace;
  private readonly units: number[] = [];
  private readonly literals: number[] = [];

  constructor(surroundings: Surroundings, place: BlockPlace) {
    this.surroundings = surroundings;
    this.place = place;
    this.refresh();
    this.middle();
    this.leave();
  }

  /** Puts the block into memory, `shift` bytes from the address it is written for. */
  write(image: Image, shift: number): void {
    const { address, isThumb } = this.place;
    for (const [index, unit] of this.units.entries()) {
      if (isThumb) image.half(address + shift + index * 2, unit);
      else image.word(address + shift + index * 4, unit);
    }
    for (const [index, value] of this.literals.entries()) image.word(this.literalAddress(index) + shift, value);
  }

  /** Literals grow down from the end of the block's space. */
  private literalAddress(index: number): number {
    return (this.place.address & ~3) + BLOCK_BYTES - 4 - index * 4;
  }

  private get random(): Random {
    return this.surroundings.random;
  }

  /** Where the next instruction goes. */
  private get here(): number {
    return this.place.address + this.units.length * (this.place.isThumb ? 2 : 4);
  }

  private get hasRoom(): boolean {
    return this.here + 64 < this.literalAddress(this.literals.length);
  }

  private emit(...units: number[]): void {
    this.units.push(...units);
  }

  private load(t: number, value: number): void {
    this.literals.push(value);
    const at = this.literalAddress(this.literals.length - 1);
    this.emit(this.place.isThumb ? thumb.loadLiteral(t, this.here, at) : arm.loadLiteral(t, this.here, at));
  }

  private refresh(): void {
    const { random, place } = this;
    const [pointers, index] = place.isThumb ? [POINTERS.thumb, INDEX.thumb] : [POINTERS.arm, INDEX.arm];
    for (const pointer of pointers) {
      if (!random.oneIn(2)) continue;
      const value = randomPointer(this.surroundings);
      // Thumb code has no literal load to SP.
      if (place.isThumb && pointer === 13) {
        this.load(3, value);
        this.emit(0x469d); // mov sp, r3
      } else this.load(pointer, value);
    }
    if (random.oneIn(2)) this.load(index, random.oneIn(3) ? random.below(256) : 4 * random.below(16));
  }

  private body(): void {
    const count = 1 + this.random.below(MOST_INSTRUCTIONS);
    for (let i = 0; i < count && this.hasRoom; i++) this.emit(this.instruction());
  }

  private instruction(): number {
    const { random, place, surroundings } = this;
    const isLead = surroundings.lead.isThumb === place.isThumb && random.oneIn(3);
    const { lead, architecture, emphasis } = surroundings;
    if (emphasis === "floatingPoint" && !place.isThumb && random.oneIn(2)) return randomVfpInstruction(random);
    const leading = isLead ? instructionOf(lead, random, architecture) : undefined;
    return leading ?? randomInstruction(random, place.isThumb, architecture);
  }

  private part(name: Part): void {
    const writers: Readonly<Record<Part, () => void>> = {
      body: () => this.body(),
      loop: () => this.loop(),
      patch: () => this.patch(),
      call: () => this.call(this.random.pick(this.surroundings.places)),
      routine: () => this.enter(this.random.pick(this.surroundings.routines), true),
      mask: () => this.mask(),
      maskedInterrupt: () => this.maskedInterrupt(),
      device: () => this.device(),
      vfpStatus: () => this.vfpStatus(),
      crossing: () => this.crossing(),
    };
    writers[name]();
  }

  /** Plain bodies, loops, calls, patches of code and so on, one after the other. */
  private middle(): void {
    const { random } = this;
    const parts = 1 + random.below(3);
    for (let i = 0; i < parts && this.hasRoom; i++) {
      this.part(random.pick(emphases[this.surroundings.emphasis]));
    }
  }

  /** A counted loop of a few rounds; its body may spoil the counter, and an interrupt ends what is endless. */
  private loop(): void {
    const rounds = 2 + this.random.below(6);
    const { isThumb } = this.place;
    this.emit(isThumb ? 0x2200 | rounds : arm.movImm(6, rounds)); // movs r2, or mov r6
    const start = this.here;
    this.body();
    if (isThumb) this.emit(0x3a01, thumb.conditional(this.here + 2, start, 1) ?? 0x46c0);
    else this.emit(0xe2566001, arm.branch(this.here + 4, start, { condition: 1 })); // subs r6, r6, #1; bne
  }

  /** A loop of calls to other pages, and to routines that change how these are mapped: direct ones, which regions follow. */
  private crossing(): void {
    const { random, place, surroundings } = this;
    if (place.isThumb) return;
    this.emit(arm.movImm(6, 2 + random.below(20)));
    const start = this.here;
    const call = (target: number) => this.emit(arm.branch(this.here, target, { link: true }));
    for (let count = 1 + random.below(3); count > 0; count--) {
      const leaf = random.pick(LEAF_PAGES) + LEAF_OFFSET;
      call(random.oneIn(3) ? random.pick([TWIN_ALIAS, SECTION_ALIAS]) + leaf : leaf);
    }
    if (random.below(3) > 0) call(random.pick(surroundings.routines));
    this.emit(0xe2566001, arm.branch(this.here + 4, start, { condition: 1 })); // subs r6, r6, #1; bne
  }

  /** Stores an instruction into this block or another one. */
  private patch(): void {
    const { random, place, surroundings } = this;
    const isOwn = random.oneIn(2);
    const target = isOwn ? place : random.pick(surroundings.places);
    const unit = target.isThumb ? 2 : 4;
    const offset = isOwn ? this.here - place.address + random.below(16) * unit : random.below(24) * unit;
    const address = target.address + Math.min(offset, BLOCK_BYTES - 64);
    this.load(0, randomInstruction(random, target.isThumb, surroundings.architecture));
    if (place.isThumb) {
      this.load(1, address);
      this.emit(target.isThumb ? 0x8008 : 0x6008); // strh or str r0, [r1]
    } else {
      this.load(12, address);
      this.emit(target.isThumb ? 0xe1cc00b0 : 0xe58c0000); // strh or str r0, [r12]
    }
  }

  /** Sets or clears I and F in the mode that is on. */
  private mask(): void {
    this.changeMasks(this.random.pick([0x80, 0x40, 0xc0]), this.random.oneIn(3));
  }

  private changeMasks(bits: number, isSet: boolean): void {
    if (this.place.isThumb) return;
    this.emit(0xe10f0000, (isSet ? 0xe3800000 : 0xe3c00000) | bits, 0xe121f000); // mrs r0; orr or bic; msr CPSR_c, r0
  }

  /** An interrupt that comes while it is masked and is taken as soon as it is not. */
  private maskedInterrupt(): void {
    const { random, place, surroundings } = this;
    if (place.isThumb) return;
    const isFiq = random.oneIn(3);
    this.changeMasks(isFiq ? 0x40 : 0x80, true);
    this.load(12, DEVICE + (isFiq ? 8 : 0));
    this.emit(0xe58c0000); // str r0, [r12]
    if (random.oneIn(2)) this.emit(randomInstruction(random, false, surroundings.architecture));
    this.changeMasks(isFiq ? 0x40 : 0x80, false);
  }

  /** Reads or writes a device register: interrupts come and go in the middle of the block. */
  private device(): void {
    const { random, place } = this;
    this.load(place.isThumb ? 3 : 12, DEVICE + 4 * random.pick([0, 0, 1, 2, 2, 3, 4, 5, 6]));
    const isStore = random.below(4) > 0;
    if (place.isThumb)
      this.emit(isStore ? 0x6018 : 0x6818); // str or ldr r0, [r3]
    else this.emit(isStore ? 0xe58c0000 : 0xe59c0000);
  }

  /** Another rounding mode, flags, and now and then vectors or the VFP off. */
  private vfpStatus(): void {
    const { random, place } = this;
    if (place.isThumb) return;
    const status = makeStatus({ random, isDouble: random.oneIn(2), isVector: random.oneIn(6) });
    this.load(STATUS, random.oneIn(4) ? status : (status & 0xf0000000) | 0x10);
    this.emit(0xeee1ca10); // fmxr fpscr, r12
    if (!random.oneIn(8)) return;
    this.load(STATUS, 0);
    this.emit(0xeee8ca10); // fmxr fpexc, r12
  }

  /** Calls a block; where it comes back is the next part. */
  private call(target: BlockPlace): void {
    const { random, place } = this;
    if (random.oneIn(4)) this.enter(this.addressFor(target), true);
    else if (place.isThumb) this.emit(...thumb.call(this.here, target.address, !target.isThumb));
    else if (target.isThumb) this.emit(arm.blx(this.here, target.address));
    else this.emit(arm.branch(this.here, this.twinOf(target), { link: true, condition: this.condition() }));
  }

  /** By BX or BLX of a register. */
  private enter(address: number, isCall: boolean): void {
    const { isThumb } = this.place;
    const scratch = isThumb ? 3 : 12;
    this.load(scratch, address);
    const set = isThumb ? thumb : arm;
    this.emit(isCall ? set.blxReg(scratch) : set.bx(scratch));
  }

  /** The block's entry under one of the addresses it is mapped at. */
  private addressFor(target: BlockPlace): number {
    const entry = entryOf(target);
    const isSwitched = (target.address & ~0xfff) === SWITCHED_PAGE;
    if (isSwitched || !this.random.oneIn(6)) return entry;
    return this.random.pick([SECTION_ALIAS + entry, TWIN_ALIAS + entry, LARGE_ALIAS + entry - CODE]);
  }

  /** Direct branches stay in their megabyte, but for some to pages that share its TLB entries or are of domain 1. */
  private twinOf({ address }: BlockPlace): number {
    return this.random.oneIn(6) ? this.random.pick([TWIN_ALIAS, SECTION_ALIAS]) + address : address;
  }

  private condition(): number {
    return this.random.oneIn(2) ? 14 : this.random.below(14);
  }

  private leave(): void {
    const { random, place, surroundings } = this;
    if (random.oneIn(10)) this.emit(place.isThumb ? 0xdf00 : 0xef000000); // svc
    if (random.oneIn(6)) this.emit(place.isThumb ? thumb.bx(14) : random.pick([arm.bx(14), 0xe1a0f00e])); // mov pc, lr
    for (let tries = 1 + random.below(3); tries > 0; tries--) this.conditionalJump(random.pick(surroundings.places));
    const target = random.pick(surroundings.places);
    if (random.oneIn(4)) this.popJump(target);
    this.enter(this.addressFor(target), false);
  }

  private conditionalJump(target: BlockPlace): void {
    const { place } = this;
    if (target.isThumb !== place.isThumb) return;
    const condition = this.random.below(14);
    if (!place.isThumb) this.emit(arm.branch(this.here, this.twinOf(target), { condition }));
    else {
      const short = thumb.conditional(this.here, target.address, condition) ?? thumb.branch(this.here, target.address);
      if (short !== undefined) this.emit(short);
    }
  }

  /** Through memory: a store and a load to PC. */
  private popJump(target: BlockPlace): void {
    const { isThumb } = this.place;
    this.load(isThumb ? 3 : 12, this.addressFor(target));
    if (isThumb)
      this.emit(0xb408, 0xbd00); // push {r3}; pop {pc}
    else this.emit(0xe92d1000, 0xe8bd8000); // push {r12}; pop {pc}
  }
}
