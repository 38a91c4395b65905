/** `--stats`: how much was executed in how long, in whole and for each phase. */

export interface Counters {
  instructions: number;
  virtualNs: number;
  wallNs: number;
}

export interface PhaseStats {
  name: string;
  instructions: number;
  virtualSeconds: number;
  wallSeconds: number;
  /** Millions of guest instructions in a second of wall time. */
  mips: number;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function difference(name: string, from: Counters, to: Counters): PhaseStats {
  const instructions = to.instructions - from.instructions;
  const wallSeconds = (to.wallNs - from.wallNs) / 1e9;
  return {
    name,
    instructions,
    virtualSeconds: round((to.virtualNs - from.virtualNs) / 1e9, 9),
    wallSeconds: round(wallSeconds, 3),
    mips: wallSeconds > 0 ? round(instructions / wallSeconds / 1e6, 2) : 0,
  };
}

export class RunStats {
  readonly phases: PhaseStats[] = [];
  private readonly read: () => Counters;
  private readonly first: Counters;
  private last: Counters;

  /** `started` are the counters at the beginning of the first phase, when that was before the machine existed. */
  constructor(read: () => Counters, started = read()) {
    this.read = read;
    this.first = started;
    this.last = started;
  }

  /** The phase that ends now. */
  end(name: string): void {
    const now = this.read();
    this.phases.push(difference(name, this.last, now));
    this.last = now;
  }

  /** One line of JSON, without the line end. The instructions of a boot that was `restored` were executed before. */
  toJson({ clock, engine, boot }: { clock: string; engine: string; boot?: "restored" }): string {
    const { name: _name, ...total } = difference("", this.first, this.last);
    return JSON.stringify({ schema: "komainu.stats/1", clock, engine, boot, ...total, phases: this.phases });
  }
}
