/** The hypervisor's wall clock: a time given at power-on plus virtual time, and a time zone. */
import type { State, Stateful } from "../base/index.ts";
import type { WallClockBackend } from "../device/index.ts";
import type { TimeSource } from "./time-source.ts";

export class WallClock implements Stateful {
  /** Minutes east of UTC. */
  zoneMinutes = 0;
  private offsetSeconds = 0;
  private readonly clock: TimeSource;
  private readonly backend: WallClockBackend;

  constructor(clock: TimeSource, backend: WallClockBackend) {
    this.clock = clock;
    this.backend = backend;
  }

  /** Seconds since 1970, UTC. */
  get epochSeconds(): number {
    return Math.floor(this.backend.epochSeconds + this.clock.nowNs() / 1e9) + this.offsetSeconds;
  }

  set(epochSeconds: number): void {
    this.offsetSeconds += epochSeconds - this.epochSeconds;
  }

  save(): State {
    return { zoneMinutes: this.zoneMinutes, offsetSeconds: this.offsetSeconds };
  }

  restore(state: State): void {
    this.zoneMinutes = state.zoneMinutes as number;
    this.offsetSeconds = state.offsetSeconds as number;
  }
}
