/** The console over the hypervisor bench: lines in, text and code out; waiting moves the clock in steps. */
import {
  type BaselineShelf,
  createCommandManager,
  type FindingsSink,
  type SnapshotShelf,
} from "../../src/commands/index.ts";
import type { Console } from "../../src/shell/index.ts";
import { BufferConsole } from "../../src/shell/index.ts";
import { Bench } from "../vm/hypervisor-bench.ts";

const STEP_NS = 1e6;

export class ConsoleBench {
  readonly board = new Bench();
  readonly manager = createCommandManager();
  /** What the guest does in each millisecond that a command waits. */
  onStep: () => void = () => {};
  snapshots: SnapshotShelf | undefined;
  baselines: BaselineShelf | undefined;
  findings: FindingsSink | undefined;
  nowMs: (() => number) | undefined;

  readonly waiter = {
    waitUntil: async (done: () => boolean, deadlineNs: number): Promise<boolean> => {
      while (!done()) {
        if (this.board.nowNs >= deadlineNs) return false;
        this.board.nowNs = Math.min(this.board.nowNs + STEP_NS, deadlineNs);
        this.onStep();
      }
      return true;
    },
  };

  get hv() {
    return this.board.hv;
  }

  context(console: Console) {
    const { hv, manager, waiter, snapshots, baselines, findings, nowMs } = this;
    return { hv, manager, waiter, snapshots, baselines, findings, nowMs, console };
  }

  async run(line: string): Promise<{ code: number; text: string }> {
    const console = new BufferConsole();
    const code = await this.manager.execute(this.context(console), line);
    return { code, text: console.text };
  }

  /** The text of a line that must succeed. */
  async text(line: string): Promise<string> {
    const { code, text } = await this.run(line);
    if (code !== 0) throw new Error(`${line} failed with ${code}: ${text}`);
    return text;
  }

  /** The data of a single command. */
  async data(line: string): Promise<unknown> {
    const [outcome] = await this.manager.collect(this.context(new BufferConsole()), line);
    return outcome.data;
  }
}
