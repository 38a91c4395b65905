/** Which tasks ran, as the scheduler switched to them; of bounded size, whatever the guest does. */

/** One task at one address; another task there, later, is another one. */
export interface RanTask {
  readonly address: number;
  readonly pid: number;
  /** As it was at the last switch to it or away from it: a program that is started gives its task another name. */
  readonly comm: string;
  /** Switches to it. */
  readonly turns: number;
  /** Instructions that the guest had retired at the first and at the last of them. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Switch {
  readonly address: number;
  readonly pid: number;
  readonly comm: string;
  readonly at: number;
}

/** More than a guest of these boards can have at once. */
export const MAX_RAN_TASKS = 4096;
/** Switches that are kept one by one. */
export const MAX_SWITCHES = 1024;

export class SwitchLog {
  /** Switches in all. */
  count = 0;
  /** Tasks that made room for others. */
  forgotten = 0;
  private readonly byAddress = new Map<number, RanTask>();
  private readonly ring: Switch[] = [];

  /** The task that ran longest ago comes first. */
  get tasks(): RanTask[] {
    return [...this.byAddress.values()];
  }

  /** The newest switches, the oldest of them first. */
  get recent(): Switch[] {
    const start = this.count % MAX_SWITCHES;
    return this.count <= MAX_SWITCHES ? [...this.ring] : [...this.ring.slice(start), ...this.ring.slice(0, start)];
  }

  note({ address, pid, comm, at }: Switch): void {
    this.ring[this.count % MAX_SWITCHES] = { address, pid, comm, at };
    this.count++;
    const before = this.byAddress.get(address);
    const isSame = before?.pid === pid;
    const turns = isSame ? before.turns + 1 : 1;
    const firstAt = isSame ? before.firstAt : at;
    // Set anew, so that the order is that of the last switch.
    this.byAddress.delete(address);
    if (this.byAddress.size >= MAX_RAN_TASKS) {
      const [oldest] = this.byAddress.keys();
      this.byAddress.delete(oldest);
      this.forgotten++;
    }
    this.byAddress.set(address, { address, pid, comm, turns, firstAt, lastAt: at });
  }

  /** The name of a task that ran, as it is now. */
  rename(address: number, pid: number, comm: string): void {
    const task = this.byAddress.get(address);
    // Setting a key that is there keeps the order.
    if (task?.pid === pid && task.comm !== comm) this.byAddress.set(address, { ...task, comm });
  }
}
