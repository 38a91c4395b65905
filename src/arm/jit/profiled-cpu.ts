/** The compiling core that tells a profile what it does; the guest's state is the same as without. */
import type { GuestBus } from "../../memory/index.ts";
import { CP15_TTBR0, type CpuModel, FLAG_T, PC, REMAINING } from "../core/index.ts";
import { rows } from "../decode/index.ts";
import type { CompiledCode, Place } from "./code-cache.ts";
import type { ExecutionProfile } from "./execution-profile.ts";
import { JitCpu, type JitOptions } from "./jit-cpu.ts";

/** Of a first-level table's address in TTBR0; the bits below are attributes. */
const TABLE_MASK = ~0x3fff;

export class ProfiledCpu extends JitCpu {
  private readonly profile: ExecutionProfile;

  constructor(bus: GuestBus, model: CpuModel, options: JitOptions & { readonly executionProfile: ExecutionProfile }) {
    super(bus, model, options);
    this.profile = options.executionProfile;
  }

  override run(untilInstructions: number): void {
    const before = this.instructions();
    this.profile.within("interpreter", () => super.run(untilInstructions));
    this.profile.executed += this.instructions() - before;
  }

  protected override compile(place: Place): CompiledCode {
    return this.profile.within("compiler", () => super.compile(place));
  }

  protected override hurry(): void {
    this.profile.within("compiler", () => super.hurry());
  }

  protected override refill(va: number, kind: number): number {
    return this.profile.within("lookUp", () => super.refill(va, kind));
  }

  protected override enter(key: number, pc: number, code: CompiledCode): void {
    super.enter(key, pc, code);
    const { profile, isPrivileged } = this;
    if (profile.isKnown(code.slot)) return;
    const table = this.s[CP15_TTBR0] & TABLE_MASK;
    const process = isPrivileged ? "" : profile.within("outside", () => profile.processOf(table >>> 0));
    profile.describe(code.slot, { pc, isThumb: (key & 1) !== 0, isPrivileged, process });
  }

  protected override interpretOne(): void {
    const pc = this.s[PC];
    const isThumb = this.s[FLAG_T] !== 0;
    const frame = this.frameOf(pc);
    if (frame >= 0 && this.s[REMAINING] > 0) this.profile.countEscape(rows[this.decode(frame, pc, isThumb).row].name);
    super.interpretOne();
  }
}
