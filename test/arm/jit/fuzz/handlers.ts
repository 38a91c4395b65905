/** Exception handlers and mapping routines of a random program, in assembler that is encoded by hand. */
import { arm, type Image } from "./image.ts";
import {
  DEVICE,
  FIRST_TABLE,
  HANDLER_DATA,
  HANDLERS,
  LOW_TABLE,
  OTHER_PROCESS,
  ROUTINES,
  SECOND_FIRST_TABLE,
  SWITCHED_PAGE,
} from "./memory-map.table.ts";

const HANDLER_BYTES = 0x100;
/** In `HANDLER_DATA`: 32 bytes for each handler, then places to go on at, and modes to go to. */
const RESTARTS = HANDLER_DATA + 0x200;
const MODES = HANDLER_DATA + 0x240;
export const RESTART_COUNT = 8;

/** Emits words and keeps literals behind them. */
class Emitter {
  private readonly words: number[] = [];
  private readonly literals: { index: number; t: number; value: number }[] = [];
  readonly start: number;

  constructor(start: number) {
    this.start = start;
  }

  emit(...words: number[]): this {
    this.words.push(...words);
    return this;
  }

  load(t: number, value: number): this {
    this.literals.push({ index: this.words.length, t, value });
    return this.emit(0);
  }

  write(image: Image): number {
    const pool = this.start + this.words.length * 4;
    for (const [number, { index, t, value }] of this.literals.entries()) {
      this.words[index] = arm.loadLiteral(t, this.start + index * 4, pool + number * 4);
      image.word(pool + number * 4, value);
    }
    image.words(this.start, this.words);
    return pool + this.literals.length * 4;
  }
}

/** Leaves the exception for one of the restart places, in ARM state with interrupts on and an empty TLB. */
const restart = (emitter: Emitter, condition: number): Emitter => {
  const when = (word: number): number => ((word & 0x0fffffff) | (condition << 28)) >>> 0;
  return emitter
    .emit(
      when(0xe2002007), // and r2, r0, #7
      when(0xe59de010), // ldr lr, [sp, #16]
      when(0xe79ee102), // ldr lr, [lr, r2, lsl #2]
      when(0xe14f2000), // mrs r2, SPSR
      when(0xe3c220e0), // bic r2, r2, #0xe0
      when(0xe16ff002), // msr SPSR_fsxc, r2
      when(0xee082f17), // mcr p15, 0, r2, c8, c7, 0
    )
    .emit(when(0xe89d0007), when(0xe1b0f00e)); // ldm sp, {r0, r1, r2}; movs pc, lr
};

interface Handler {
  readonly vector: number;
  /** Instructions after r0 = how often this exception came; r0 to r2 and sp may be used. */
  readonly body: (emitter: Emitter) => Emitter;
  readonly leave: number;
}

const UNDEFINED = 0x04;
const MOVS_PC_LR = 0xe1b0f00e;
const SUBS_PC_LR_4 = 0xe25ef004;

const handlers: readonly Handler[] = [
  {
    vector: UNDEFINED,
    body: (e) => restart(e.emit(0xe310001f), 0), // tst r0, #31
    leave: MOVS_PC_LR,
  },
  {
    vector: 0x08,
    body: (e) =>
      e.load(1, MODES).emit(
        0xe2002007, // and r2, r0, #7
        0xe7d12002, // ldrb r2, [r1, r2]
        0xe3100001, // tst r0, #1
        0x114f1000, // mrsne r1, SPSR
        0x13c110df, // bicne r1, r1, #0xdf
        0x11811002, // orrne r1, r1, r2
        0x1161f001, // msrne SPSR_c, r1
      ),
    leave: MOVS_PC_LR,
  },
  { vector: 0x0c, body: (e) => restart(e, 14), leave: MOVS_PC_LR },
  {
    vector: 0x10,
    body: (e) => restart(e.emit(0xe310000f), 0), // tst r0, #15
    leave: SUBS_PC_LR_4,
  },
  {
    vector: 0x18,
    body: (e) => restart(e.load(1, DEVICE).emit(0xe5810004, 0xe3100003), 0), // str r0, [r1, #4]; tst r0, #3
    leave: SUBS_PC_LR_4,
  },
  { vector: 0x1c, body: (e) => e.load(1, DEVICE).emit(0xe581000c), leave: SUBS_PC_LR_4 },
];

/** Switches the VFP on: `fmxr fpexc, r1`. */
const enableVfp = (emitter: Emitter): Emitter => emitter.load(1, 0x40000000).emit(0xeee81a10);

/** Vectors and handlers; `places` are where an exception goes on that cannot return. */
export function writeHandlers(image: Image, places: readonly number[], hasVfp: boolean): void {
  image.word(0, arm.branch(0, places[0]));
  for (const [index, { vector, body, leave }] of handlers.entries()) {
    const start = HANDLERS + index * HANDLER_BYTES;
    const data = HANDLER_DATA + index * 32;
    image.word(vector, arm.branch(vector, start));
    image.word(data + 16, RESTARTS);
    const emitter = new Emitter(start).load(13, data).emit(0xe88d0007, 0xe59d000c, 0xe2800001, 0xe58d000c); // stm sp, {r0-r2}; ldr, add, str r0: the count
    // Whatever was undefined, it may have been the VFP that was off.
    if (hasVfp && vector === UNDEFINED) enableVfp(emitter);
    body(emitter).emit(0xe89d0007, leave).write(image);
  }
  image.words(RESTARTS, places);
  for (const [index, mode] of [0x10, 0x1f, 0x13, 0x10, 0x1f, 0x17, 0x11, 0x1f].entries()) {
    image.bytes[MODES + index] = mode;
  }
}

const BX_LR = arm.bx(14);
const flip = (crn: number, bits: number): ((e: Emitter) => Emitter) => {
  return (e) => e.load(1, bits).emit(arm.mrc(0, crn, 0, 0), 0xe0200001, arm.mcr(0, crn, 0, 0), BX_LR); // eor r0, r0, r1
};

/** Each changes a mapping and returns; harmless where it is not allowed. */
const routines: readonly ((e: Emitter) => Emitter)[] = [
  // The switched page to its other frame, and the page's TLB entries; r3 in place of the page flushes another one too.
  (e) =>
    e
      .load(0, LOW_TABLE + (SWITCHED_PAGE >>> 12) * 4)
      .load(2, SWITCHED_PAGE)
      .emit(0xe5901000, 0xe2211a01, 0xe5801000, arm.mcr(2, 8, 7, 1), BX_LR), // ldr r1, [r0]; eor #0x1000; str
  // The same, and the whole TLB.
  (e) =>
    e
      .load(0, LOW_TABLE + (SWITCHED_PAGE >>> 12) * 4)
      .emit(0xe5901000, 0xe2211a01, 0xe5801000, arm.mcr(2, 8, 7, 0), BX_LR),
  // Domain 1: client, manager, no access.
  flip(3, 0x4),
  flip(3, 0x8),
  flip(3, 0xc),
  // Alignment checks; S and R; the MMU itself.
  flip(1, 0x002),
  flip(1, 0x300),
  flip(1, 0x001),
  flip(13, OTHER_PROCESS),
  // The translation table base is read and written back, and everything flushed.
  (e) => e.load(0, FIRST_TABLE).emit(arm.mcr(0, 2, 0, 0), arm.mcr(0, 8, 7, 0), BX_LR),
];

/** To the other address space: table base and ASID, with interrupts off in between. In user mode it is Undefined. */
const switchSpace = (e: Emitter): Emitter =>
  e
    .load(1, FIRST_TABLE ^ SECOND_FIRST_TABLE)
    .emit(0xe10f3000, 0xf10c00c0) // mrs r3, CPSR; cpsid if
    .emit(arm.mrc(0, 2, 0, 0), 0xe0200001, arm.mcr(0, 2, 0, 0)) // eor r0, r0, r1
    .emit(arm.mrc(0, 13, 0, 1), 0xe2200001, arm.mcr(0, 13, 0, 1)) // eor r0, r0, #1
    .emit(0xe121f003, BX_LR); // msr CPSR_c, r3

/** Writes the mapping routines; their addresses. */
export function writeRoutines(image: Image, hasSpaces: boolean): number[] {
  let next = ROUTINES;
  // One half of the calls, where there are spaces to switch between.
  const all = hasSpaces ? [...routines, ...routines.map(() => switchSpace)] : routines;
  return all.map((emit) => {
    const start = next;
    next = emit(new Emitter(start)).write(image);
    return start;
  });
}
