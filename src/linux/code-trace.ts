/**
 * What a function of the kernel loads, stores and passes on, followed through its ARM code without executing it.
 *
 * A register's value is followed as a path: from an argument, a constant or the current task, through loads at offsets.
 * So `return task->cred->uid` shows the two offsets. What is not understood makes a value unknown, never wrong; Thumb-2
 * code shows nothing. (ARM ARM DDI 0100I, A3 and A5.)
 */
import { rotateRight } from "../base/index.ts";

/** `((root + steps[0])* + steps[1])* ... + add`, where `x*` is the word at x; without steps, `root + add`. */
export interface Path {
  /** `r0` to `r3` are the function's arguments, `current` is the running task, `const` a number. */
  readonly root: "r0" | "r1" | "r2" | "r3" | "current" | "const" | "stack" | "other";
  /** Tells apart values of unknown origin; 0 for the others. */
  readonly id: number;
  readonly steps: readonly number[];
  readonly add: number;
}

export interface Access {
  readonly kind: "load" | "store";
  /** The address that is accessed; its last offset is `address.add`. */
  readonly address: Path;
  readonly sizeBytes: number;
  /** The value that is stored. */
  readonly value?: Path;
}

export interface Call {
  /** `undefined` for calls through a register. */
  readonly target: number | undefined;
  /** r0 to r3. */
  readonly args: readonly Path[];
}

export interface Trace {
  readonly accesses: readonly Access[];
  readonly calls: readonly Call[];
  /** What r0 can be when the function returns. */
  readonly results: readonly Path[];
}

export interface CodeRange {
  readonly startAddress: number;
  readonly endAddress: number;
  /** The variable that holds the current task where no register of the CPU does. */
  readonly currentAddress?: number;
  /** Functions that leave all registers as they were: those of the function tracer, called at the start of all others. */
  readonly tracers?: ReadonlySet<number>;
  /** The word at an address, of code or of constants behind it. */
  readWord(address: number): number | undefined;
}

/** What a function calls first in a kernel with the function tracer (arch/arm/kernel/entry-ftrace.S). */
export const TRACE_CALLERS = ["ftrace_caller", "ftrace_regs_caller", "__gnu_mcount_nc"];

export function tracersOf(find: (name: string) => number | undefined): ReadonlySet<number> {
  return new Set(TRACE_CALLERS.flatMap((name) => find(name) ?? []));
}

/** Functions that are followed are small; what lies behind in a long one is of no interest. */
const MAX_INSTRUCTIONS = 600;
const MAX_STEPS = 6;
const SP = 13;
const LR = 14;
const PC = 15;

const rotated = (instruction: number): number => rotateRight(instruction & 0xff, ((instruction >>> 8) & 0xf) * 2) >>> 0;

export const pathOf = (root: Path["root"], add = 0): Path => ({ root, id: 0, steps: [], add });

type Registers = Path[];

class Tracer {
  readonly accesses: Access[] = [];
  readonly calls: Call[] = [];
  readonly results: Path[] = [];
  private readonly code: CodeRange;
  private readonly visited = new Set<number>();
  private readonly pending: { at: number; registers: Registers }[] = [];
  private registers: Registers = [];
  private unknowns = 0;

  constructor(code: CodeRange) {
    this.code = code;
  }

  run(): Trace {
    const registers = Array.from({ length: 16 }, () => this.unknown());
    registers.splice(0, 4, pathOf("r0"), pathOf("r1"), pathOf("r2"), pathOf("r3"));
    registers[SP] = pathOf("stack");
    this.pending.push({ at: this.code.startAddress, registers });
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) {
      this.registers = next.registers;
      let at: number | undefined = next.at;
      while (at !== undefined) at = this.step(at);
    }
    return { accesses: this.accesses, calls: this.calls, results: this.results };
  }

  private unknown(): Path {
    return { root: "other", id: ++this.unknowns, steps: [], add: 0 };
  }

  /** Follows one instruction; the address of the next, or `undefined` where the path ends. */
  private step(at: number): number | undefined {
    const { startAddress, endAddress } = this.code;
    if (at < startAddress || at >= endAddress || this.visited.has(at)) return undefined;
    if (this.visited.size >= MAX_INSTRUCTIONS) return undefined;
    const word = this.code.readWord(at);
    if (word === undefined) return undefined;
    this.visited.add(at);
    this.registers[PC] = pathOf("const", at + 8);
    if (word >>> 28 === 0xf) return at + 4;
    switch ((word >>> 25) & 7) {
      case 0:
        return (word & 0x90) === 0x90 ? this.extraLoadStore(word, at) : this.dataProcessing(word, at);
      case 1:
        return this.dataProcessing(word, at);
      case 2:
      case 3:
        return this.loadStore(word, at);
      case 4:
        return this.loadStoreMany(word, at);
      case 5:
        return this.branch(word, at);
      default:
        return this.coprocessor(word, at);
    }
  }

  /** Sets a register; under a condition, a value that says less does not replace one that says more. */
  private set(register: number, value: Path, word: number): void {
    const isConditional = word >>> 28 !== 0xe;
    if (isConditional && value.steps.length === 0) return;
    this.registers[register] = value;
  }

  /** The word at an address, as a path or, for constants in the code, as the number itself. */
  private loaded(address: Path): Path {
    if (address.root === "other" || address.root === "stack" || address.steps.length >= MAX_STEPS) {
      return this.unknown();
    }
    const { startAddress, endAddress, readWord } = this.code;
    if (address.root === "const" && address.steps.length === 0) {
      const literal = address.add >>> 0;
      const value = literal >= startAddress && literal < endAddress ? readWord(literal) : undefined;
      if (value !== undefined) return pathOf("const", value);
      if (literal === this.code.currentAddress) return pathOf("current");
    }
    return { ...address, steps: [...address.steps, address.add], add: 0 };
  }

  private access(word: number, address: Path, register: number, sizeBytes: number): void {
    const isLoad = (word & (1 << 20)) !== 0;
    const { startAddress, endAddress } = this.code;
    const isLiteral =
      address.root === "const" &&
      address.steps.length === 0 &&
      address.add >>> 0 >= startAddress &&
      address.add >>> 0 < endAddress;
    if (!isLiteral && address.root !== "stack") {
      const value = isLoad ? undefined : this.registers[register];
      this.accesses.push({ kind: isLoad ? "load" : "store", address, sizeBytes, value });
    }
    if (isLoad) this.set(register, sizeBytes === 4 ? this.loaded(address) : this.unknown(), word);
  }

  private moved(base: Path, offset: number): Path {
    return {
      ...base,
      add: base.root === "const" && base.steps.length === 0 ? (base.add + offset) >>> 0 : base.add + offset,
    };
  }

  /** The address of a load or store, with write-back done. */
  private addressed(word: number, offset: number | undefined): Path {
    const n = (word >>> 16) & 0xf;
    const base = this.registers[n];
    const target =
      offset === undefined ? this.unknown() : this.moved(base, (word & (1 << 23)) !== 0 ? offset : -offset);
    const isBefore = (word & (1 << 24)) !== 0;
    if (!isBefore || (word & (1 << 21)) !== 0) this.registers[n] = target;
    return isBefore ? target : base;
  }

  private loadStore(word: number, at: number): number | undefined {
    if ((word & 0x02000010) === 0x02000010) {
      this.registers[(word >>> 12) & 0xf] = this.unknown();
      return at + 4;
    }
    const d = (word >>> 12) & 0xf;
    const address = this.addressed(word, (word & (1 << 25)) !== 0 ? undefined : word & 0xfff);
    if (d === PC && (word & (1 << 20)) !== 0) return this.end(word, at);
    this.access(word, address, d, (word & (1 << 22)) !== 0 ? 1 : 4);
    return at + 4;
  }

  /** Half-words, signed bytes and double words; multiplications and exclusive accesses share the encoding. */
  private extraLoadStore(word: number, at: number): number | undefined {
    const d = (word >>> 12) & 0xf;
    const kind = (word >>> 5) & 3;
    if (kind === 0) {
      for (const register of [d, (word >>> 16) & 0xf]) if (register !== SP) this.registers[register] = this.unknown();
      return at + 4;
    }
    const offset = ((word >>> 4) & 0xf0) | (word & 0xf);
    const address = this.addressed(word, (word & (1 << 22)) !== 0 ? offset : undefined);
    const isDouble = (word & (1 << 20)) === 0 && kind >= 2;
    if (!isDouble) this.access(word, address, d, kind === 2 ? 1 : 2);
    else {
      const asLoad = kind === 2 ? word | (1 << 20) : word;
      this.access(asLoad, address, d, 4);
      this.access(asLoad, this.moved(address, 4), d + 1, 4);
    }
    return at + 4;
  }

  private loadStoreMany(word: number, at: number): number | undefined {
    const n = (word >>> 16) & 0xf;
    const isLoad = (word & (1 << 20)) !== 0;
    const list = Array.from({ length: 16 }, (_, register) => register).filter((register) => (word >>> register) & 1);
    const isUp = (word & (1 << 23)) !== 0;
    const isBefore = (word & (1 << 24)) !== 0;
    const base = this.registers[n];
    const first = isUp ? (isBefore ? 4 : 0) : -4 * list.length + (isBefore ? 0 : 4);
    if ((word & (1 << 21)) !== 0) this.registers[n] = this.moved(base, (isUp ? 4 : -4) * list.length);
    if (isLoad && list.includes(PC)) return this.end(word, at);
    for (const [index, register] of list.entries()) {
      if (register === n && n === SP) continue;
      if (base.root !== "stack") this.access(word, this.moved(base, first + index * 4), register, 4);
      else if (isLoad) this.registers[register] = this.unknown();
    }
    return at + 4;
  }

  private dataProcessing(word: number, at: number): number | undefined {
    if ((word & 0x0ffffff0) === 0x012fff10) return this.end(word, at);
    if ((word & 0x0ffffff0) === 0x012fff30) return this.call(undefined, at);
    const operation = (word >>> 21) & 0xf;
    const isImmediate = (word & (1 << 25)) !== 0;
    const d = (word >>> 12) & 0xf;
    const wide = ((word >>> 4) & 0xf000) | (word & 0xfff);
    if (isImmediate && (word & 0x0ff00000) === 0x03000000) this.set(d, pathOf("const", wide), word);
    else if (isImmediate && (word & 0x0ff00000) === 0x03400000) {
      const low = this.registers[d];
      const isConstant = low.root === "const" && low.steps.length === 0;
      this.registers[d] = isConstant ? pathOf("const", ((wide << 16) | (low.add & 0xffff)) >>> 0) : this.unknown();
    } else if (operation < 8 || operation > 11) {
      const value = this.computed(word, operation, isImmediate);
      if (d === PC) return this.end(word, at);
      this.set(d, value, word);
    }
    return at + 4;
  }

  private computed(word: number, operation: number, isImmediate: boolean): Path {
    const first = this.registers[(word >>> 16) & 0xf];
    const isPlainRegister = !isImmediate && (word & 0xff0) === 0;
    const second = isImmediate
      ? pathOf("const", rotated(word))
      : isPlainRegister
        ? this.registers[word & 0xf]
        : undefined;
    if (second === undefined) return this.unknown();
    const constant = second.root === "const" && second.steps.length === 0 ? second.add : undefined;
    switch (operation) {
      case 13:
        return second;
      case 15:
        return constant === undefined ? this.unknown() : pathOf("const", ~constant >>> 0);
      case 4:
        if (constant !== undefined) return this.moved(first, constant);
        return first.root === "const" && first.steps.length === 0 ? this.moved(second, first.add) : this.unknown();
      case 2:
        return constant === undefined ? this.unknown() : this.moved(first, -constant);
      default:
        return this.unknown();
    }
  }

  private branch(word: number, at: number): number | undefined {
    const target = (at + 8 + ((word << 8) >> 6)) >>> 0;
    if ((word & (1 << 24)) !== 0) return this.call(target, at);
    const isInside = target >= this.code.startAddress && target < this.code.endAddress;
    if (word >>> 28 === 0xe) {
      if (isInside) return target;
      this.calls.push({ target, args: this.registers.slice(0, 4) });
      return undefined;
    }
    if (isInside) this.pending.push({ at: target, registers: [...this.registers] });
    return at + 4;
  }

  private call(target: number | undefined, at: number): number {
    if (target !== undefined && this.code.tracers?.has(target) === true) {
      // It takes the return address from the stack that was put there before it.
      this.registers[SP] = this.moved(this.registers[SP], 4);
      return at + 4;
    }
    this.calls.push({ target, args: this.registers.slice(0, 4) });
    for (const register of [0, 1, 2, 3, 12, LR]) this.registers[register] = this.unknown();
    return at + 4;
  }

  private coprocessor(word: number, at: number): number {
    const d = (word >>> 12) & 0xf;
    // mrc p15, 0, Rd, c13, c0, 3 reads the thread ID register, where the kernel keeps its current task.
    if ((word & 0x0fff0fff) === 0x0e1d0f70) this.set(d, pathOf("current"), word);
    else if ((word & 0x0f100010) === 0x0e100010 && d !== PC) this.registers[d] = this.unknown();
    return at + 4;
  }

  /** A return or a jump to an address that is not known; a conditional one goes on behind it as well. */
  private end(word: number, at: number): number | undefined {
    this.results.push(this.registers[0]);
    return word >>> 28 === 0xe ? undefined : at + 4;
  }
}

/** Follows every path of a function once. */
export const traceCode = (code: CodeRange): Trace => new Tracer(code).run();

/** `r0[0x18c]+0x4c`: for evidence. */
export function pathText({ root, steps, add }: Path): string {
  const offsets = steps.map((step) => `[0x${(step >>> 0).toString(16)}]`).join("");
  return `${root}${offsets}${add === 0 ? "" : `+0x${(add >>> 0).toString(16)}`}`;
}
