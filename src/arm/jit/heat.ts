/**
 * How often places are reached: counts of jumps by a hash of the target, in memory, where the templates and the dispatcher
 * count too. Places that share a count get hot together, which costs little.
 */
import { CPU_STATE_OFFSET, HEAT_OFFSET, type HostMemory } from "../../memory/index.ts";
import { HEAT_FLAVOUR_WORD, HEAT_LIMIT_WORD, HEAT_STEP_WORD } from "./look-up.ts";
import { HEAT_ENTRIES } from "./template-shape.ts";

/** What makes the heat of privileged code another than that of user code at the same address. */
const PRIVILEGED = 0x5555;
/**
 * A jump in a program counts as so many of the kernel's: what a kernel does often when it starts, it does for a moment, while
 * programs are there to run on.
 */
const USER_STEP = 9;
/** Instructions after which places that are not hot yet count half: what runs now and then is never compiled. */
const COOLING_INSTRUCTIONS = 250e6;

export class Heat {
  private readonly counts: Uint16Array;
  private readonly state: Int32Array;
  private readonly limit: number;
  private nextCooling = COOLING_INSTRUCTIONS;

  /** @param limit the count from which on a place is hot */
  constructor({ u16, i32 }: HostMemory, limit: number) {
    this.counts = u16.subarray(HEAT_OFFSET >> 1, (HEAT_OFFSET >> 1) + HEAT_ENTRIES);
    this.state = i32.subarray(CPU_STATE_OFFSET >> 2);
    this.limit = limit;
    this.state[HEAT_LIMIT_WORD] = limit;
    this.select(true);
  }

  /** Jumps are counted for privileged code from now on, or for user code. */
  select(isPrivileged: boolean): void {
    this.state[HEAT_FLAVOUR_WORD] = isPrivileged ? PRIVILEGED : 0;
    this.state[HEAT_STEP_WORD] = isPrivileged ? 1 : USER_STEP;
  }

  placeOf(pc: number, isPrivileged: boolean): number {
    return ((pc >>> 1) ^ (pc >>> 17) ^ (isPrivileged ? PRIVILEGED : 0)) & (HEAT_ENTRIES - 1);
  }

  isHot(place: number): boolean {
    return this.counts[place] >= this.limit;
  }

  count(place: number): void {
    this.counts[place] += this.state[HEAT_STEP_WORD];
  }

  /** By this the templates know that there is code to enter, or to be compiled. */
  makeHot(place: number): void {
    this.counts[place] = this.limit;
  }

  /** So many more jumps before the place is hot: fewer when it was far from that. */
  postpone(place: number, jumps: number): void {
    this.counts[place] = Math.max(0, this.counts[place] - jumps);
  }

  /** Called now and then. Hot places keep their heat. */
  cool(instructions: number): void {
    if (instructions < this.nextCooling) return;
    this.nextCooling = instructions + COOLING_INSTRUCTIONS;
    const { counts, limit } = this;
    for (let place = 0; place < HEAT_ENTRIES; place++) if (counts[place] < limit) counts[place] >>>= 1;
  }

  clear(): void {
    this.counts.fill(0);
  }
}
