/** What is measured of one machine from its start to its end. */

export interface Timing {
  /** Host wall clock. */
  wallSeconds: number;
  /** User and system time of the process, all its threads. */
  cpuSeconds: number;
}

/** One workload run once. */
export interface WorkloadSample extends Timing {
  name: string;
  /** Which time it was in this life of the machine, from 1. */
  round: number;
  /** What it printed, with the terminal's CRs taken out. */
  output: string;
  /** The guest shell's `$?`. */
  status: number;
  /** Guest instructions, where the machine counts them. */
  instructions?: number;
}

/** One life of a machine. */
export interface SessionSample {
  /** From the start of the process to the guest's first shell prompt. */
  boot: Timing & { instructions?: number };
  /** The shell command `:`, which does nothing: what typing a line and reading its answer costs. */
  roundTrip?: Timing;
  workloads: WorkloadSample[];
}

/** What to run in a session. */
export interface Job {
  name: string;
  round: number;
  command: string;
}
