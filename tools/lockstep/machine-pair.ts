/** Two machines with the same guest, one on each engine, that run the same slices and are compared after each. */
import type { Tuning } from "../../src/arm/jit/index.ts";
import { assert, silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { type PoweredBoard, powerOn } from "../../src/main/power-on.ts";
import { type Engine, restoreMachine, saveMachine, stateHash, type VirtualSerialPort } from "../../src/vm/index.ts";
import { differentWords, type StateWords } from "./difference.ts";

export interface PairOptions {
  readonly board: string;
  readonly tuning: Partial<Tuning>;
  /** Folder of compiled code from earlier runs. */
  readonly translations?: string;
}

/** One machine and what it has printed. */
export class LockstepMachine {
  readonly engine: Engine;
  readonly powered: PoweredBoard;
  readonly watch = new ConsoleWatch();
  printedBytes = 0;

  constructor(engine: Engine, { board, tuning, translations }: PairOptions) {
    this.engine = engine;
    const translationCache = translations === undefined ? "off" : { folder: translations };
    const log = silentLogger();
    this.powered = powerOn({ board, engine, tuning, translationCache, clock: "virtual", log, env: process.env });
    const { boot } = this.powered.board.profile;
    this.watch.expect([boot.readyPattern, boot.shellPrompt]);
    this.port.observe((byte) => {
      this.printedBytes++;
      this.watch.feed(byte);
    });
    this.machine.hypervisor.guests[0].kick();
  }

  get machine() {
    return this.powered.machine;
  }

  private get port(): VirtualSerialPort {
    const port = this.machine.hypervisor.findSerialPort(this.powered.consolePort);
    assert(port !== undefined, `the guest has the port ${this.powered.consolePort}`);
    return port;
  }

  /** Types a line at the guest's shell and expects the next prompt. */
  type(line: string): void {
    this.watch.expect([this.powered.board.profile.boot.shellPrompt]);
    this.port.send(Buffer.from(`${line}\r`));
  }

  /** What is compared after each slice. */
  words(): StateWords {
    const { machine, printedBytes } = this;
    const { running } = machine;
    assert(running !== undefined, "the guest is there");
    return {
      cpu: running.cpu.state.save().words as number[],
      other: {
        instructions: machine.instructions(),
        virtualNs: machine.timeline.nowNs(),
        printedBytes,
        ...running.cpu.exceptionCounts,
      },
    };
  }
}

export class MachinePair {
  readonly interp: LockstepMachine;
  readonly jit: LockstepMachine;

  constructor(options: PairOptions) {
    this.interp = new LockstepMachine("interp", options);
    this.jit = new LockstepMachine("jit", options);
  }

  get machines(): readonly LockstepMachine[] {
    return [this.interp, this.jit];
  }

  instructions(): number {
    return this.interp.machine.instructions();
  }

  /** Runs one slice on both; the words that differ after it. */
  runSlice(maxInstructions: number): string[] {
    const [ends, words] = [[] as string[], [] as StateWords[]];
    for (const each of this.machines) {
      ends.push(each.machine.runSlice(maxInstructions, { skipIdle: true }).end);
      words.push(each.words());
    }
    const endsDiffer = ends[0] === ends[1] ? [] : [`end of the slice: ${ends.join(" and ")}`];
    return [...endsDiffer, ...differentWords(words[0], words[1])];
  }

  /** Compares everything there is, RAM and devices too. */
  compareAll(): string[] {
    const [interp, jit] = this.machines.map(({ machine }) => stateHash(machine));
    return interp === jit ? [] : [`state hash with RAM and devices: ${interp} and ${jit}`];
  }

  /** Takes the compiling machine through a snapshot: it goes on without any compiled code. */
  restoreJit(): void {
    const { machine } = this.jit;
    restoreMachine(machine, saveMachine(machine));
  }
}
