/** Reads and writes the core's registers as a debugger numbers them, and describes them to it. */
import type { CpuModel, CpuState } from "../arm/core/index.ts";
import { PC } from "../arm/core/index.ts";
import { type DebugRegister, features } from "./registers.table.ts";

/** The core as far as registers go. */
export interface RegisterCore {
  readonly state: CpuState;
  pc: number;
  /** Rebuilds what is derived from registers after they were changed. */
  resynchronize(): void;
}

interface NumberedRegister extends DebugRegister {
  readonly number: number;
}

export class Registers {
  readonly targetXml: string;
  private readonly byNumber = new Map<number, NumberedRegister>();
  private readonly core: () => RegisterCore | undefined;

  constructor(core: () => RegisterCore | undefined, { hasVfp }: Pick<CpuModel, "hasVfp">) {
    this.core = core;
    let number = 0;
    const present = features.filter((feature) => hasVfp || feature.needsVfp !== true);
    for (const register of present.flatMap(({ registers }) => registers)) {
      number = register.number ?? number;
      this.byNumber.set(number, { ...register, number });
      number++;
    }
    const described = present.map(({ name, registers }) => {
      const rows = registers.map((register) => this.describe(register));
      return `  <feature name="${name}">\n${rows.join("\n")}\n  </feature>`;
    });
    this.targetXml = `<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target version="1.0">
  <architecture>arm</architecture>
${described.join("\n")}
</target>
`;
  }

  private describe({ name, bits, type, word }: DebugRegister): string {
    const numbered = [...this.byNumber.values()].find((register) => register.name === name);
    const group = word !== undefined && type !== "int" ? "" : ' group="general"';
    return `    <reg name="${name}" bitsize="${bits}" regnum="${numbered?.number}" type="${type}"${group}/>`;
  }

  /** All described registers as hexadecimal bytes: the packet `g`. */
  readAll(): string {
    return [...this.byNumber.values()].map((register) => this.text(register)).join("");
  }

  /** `undefined` where there is no such register. */
  read(number: number): string | undefined {
    const register = this.byNumber.get(number);
    return register === undefined ? undefined : this.text(register);
  }

  /** False where there is none, or it cannot be written, or the value has another size. */
  write(number: number, bytes: Uint8Array): boolean {
    const register = this.byNumber.get(number);
    const core = this.core();
    if (core === undefined || register === undefined || register.isReadOnly === true) return false;
    if (bytes.length * 8 !== register.bits) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const value = view.getInt32(0, true);
    if (register.name === "pc") core.pc = value;
    else if (register.name === "cpsr") core.state.setCpsr(value);
    else if (register.word !== undefined) {
      core.state.words[register.word] = value;
      if (register.bits === 64) core.state.words[register.word + 1] = view.getInt32(4, true);
    }
    core.resynchronize();
    return true;
  }

  /** The registers of the packet `G`; false when the bytes are no whole number of registers. */
  writeAll(bytes: Uint8Array): boolean {
    let at = 0;
    for (const [number, { bits, isReadOnly }] of this.byNumber) {
      if (at === bytes.length) return true;
      const end = at + bits / 8;
      if (end > bytes.length) return false;
      if (isReadOnly !== true && !this.write(number, bytes.subarray(at, end))) return false;
      at = end;
    }
    return at === bytes.length;
  }

  private text(register: DebugRegister): string {
    const core = this.core();
    if (core === undefined) return "xx".repeat(register.bits / 8);
    const bytes = Buffer.alloc(register.bits / 8);
    bytes.writeInt32LE(this.value(core, register));
    if (register.bits === 64 && register.word !== undefined) bytes.writeInt32LE(core.state.words[register.word + 1], 4);
    return bytes.toString("hex");
  }

  private value({ state }: RegisterCore, { name, word }: DebugRegister): number {
    if (word !== undefined) return state.words[word];
    if (name === "pc") return state.words[PC];
    if (name === "cpsr") return state.cpsr() | 0;
    const index = state.spsrIndex();
    return index < 0 ? 0 : state.words[index];
  }
}
