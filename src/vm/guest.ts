/** A guest: its regions, its VCPUs, and the verbs of Xvisor's guest manager, which apply to each VCPU in turn. */
import type { State, Stateful } from "../base/index.ts";
import { Status } from "../base/index.ts";
import type { GuestFacts } from "./facts.ts";
import type { GuestRegion } from "./region.ts";
import type { TimeSource } from "./time-source.ts";
import type { Vcpu } from "./vcpu.ts";

export interface GuestParts {
  readonly id: number;
  readonly regions: readonly GuestRegion[];
  readonly vcpus: readonly Vcpu[];
}

export class Guest implements Stateful {
  readonly id: number;
  readonly facts: GuestFacts;
  readonly regions: readonly GuestRegion[];
  readonly vcpus: readonly Vcpu[];
  resetCount = 0;
  lastResetNs: number;
  private readonly clock: TimeSource;

  constructor(facts: GuestFacts, parts: GuestParts, clock: TimeSource) {
    this.facts = facts;
    this.id = parts.id;
    this.regions = parts.regions;
    this.vcpus = parts.vcpus;
    this.clock = clock;
    this.lastResetNs = clock.nowNs();
  }

  get name(): string {
    return this.facts.name;
  }

  /** Path in the host device tree. */
  get path(): string {
    return `/guests/${this.name}`;
  }

  regionAt(guestAddress: number): GuestRegion | undefined {
    return this.regions.find((r) => guestAddress >= r.guestAddress && guestAddress < r.endAddress);
  }

  regionNamed(name: string): GuestRegion | undefined {
    return this.regions.find((r) => r.name === name);
  }

  /** Starts or resumes every VCPU that is not marked power-off. */
  kick(): Status {
    return this.forEachVcpu((vcpu) => (vcpu.isPowerOff ? Status.ok : vcpu.kick()));
  }

  resume(): Status {
    return this.kick();
  }

  pause(): Status {
    return this.forEachVcpu((vcpu) => vcpu.pause());
  }

  halt(): Status {
    return this.forEachVcpu((vcpu) => vcpu.halt());
  }

  /** VCPUs to Reset; the machine resets its devices. */
  reset(): Status {
    this.resetCount++;
    this.lastResetNs = this.clock.nowNs();
    return this.forEachVcpu((vcpu) => vcpu.reset());
  }

  /** Stops at the first VCPU that refuses. */
  private forEachVcpu(request: (vcpu: Vcpu) => Status): Status {
    for (const vcpu of this.vcpus) {
      const status = request(vcpu);
      if (status !== Status.ok) return status;
    }
    return Status.ok;
  }

  save(): State {
    return { resetCount: this.resetCount, lastResetNs: this.lastResetNs };
  }

  restore(state: State): void {
    this.resetCount = state.resetCount as number;
    this.lastResetNs = state.lastResetNs as number;
  }
}
