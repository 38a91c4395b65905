/** Gives damaged scenario files, scripts, journals and snapshots to the code that takes them, and looks at what it says and does. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HvError, silentLogger } from "../../src/base/index.ts";
import { reportFailure } from "../../src/main/failure.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { rigPower } from "../../src/main/prompt-rig.ts";
import { MachineShelf } from "../../src/main/snapshot-shelf.ts";
import { SnapshotStore } from "../../src/main/snapshot-store.ts";
import {
  journalText,
  parseJournal,
  parseScenarios,
  parseScript,
  replayJournal,
  runScenario,
} from "../../src/scenario/index.ts";
import { encodeSnapshot, type Machine, restoreMachine, stateHash, takeSnapshot } from "../../src/vm/index.ts";
import { Mutator } from "./mutate.ts";

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** A profile whose guest comes to its prompt at once. */
  readonly board: string;
  readonly folder: string;
}

export interface FuzzTotals {
  refused: number;
  taken: number;
  readonly codes: Record<string, number>;
}

/** How long a damaged file that is still valid may run. */
const RUN_MS = 100;
const PLACE = /^(?:error: )?[^\n]*?:\d+:\d+: /;

const SCENARIO = (board: string): string => `# A scenario of every kind of step.
board: ${board}
timeout: 1ms
forbid: ["Kernel panic", /Oops/]
scenarios:
  - name: first
    seed: random
    steps:
      - { line: "echo hello" }
      - { expect: [hello, /wor.d/i], timeout: 200us }
      - { console: "vcpu list", json: { "[0].name": idle/0 } }
  - name: second
    start: prompt
    retries: 1
    steps: &steps
      - { noise: 0.5, seed: 7 }
      - { pin: gpio0.1, drive: high, level: high }
      - { memory: 0x100, write: 1, equals: 1 }
      - { never: x, for: 10us }
      - { snapshot: save, name: a }
      - { memory: 0x100, equals: 2 }
  - { name: third, steps: *steps }
`;

const SCRIPT = `# A script of every kind of step.
timeout: 1s
forbid: ["Kernel panic", /Oops/]
steps:
  - { line: "echo hello" }
  - { send: "\\x03" }
  - { expect: [hello, /wor.d/i], timeout: 200ms }
  - { shell: ls, exit: 0, output: /bin/, not: x }
  - { modem: { dtr: on, rts: off } }
  - { break: 300ms }
  - { never: x, for: 10ms }
  - { upload: image.bin, protocol: xmodem }
  - { download: logs, force: true }
`;

export class FileFuzzer {
  readonly totals: FuzzTotals = { refused: 0, taken: 0, codes: {} };
  private readonly options: FuzzOptions;
  private readonly mutator: Mutator;
  private readonly power = rigPower({ env: {}, engine: "interp", bootCache: "off", bootSeconds: 1 });

  constructor(options: FuzzOptions) {
    this.options = options;
    this.mutator = new Mutator(options.seed);
  }

  /** Throws at the first file that is taken badly, with what tells it. */
  async run(): Promise<FuzzTotals> {
    const { count } = this.options;
    const journal = await this.goodJournal();
    const machine = await this.machine();
    const kinds = [
      () => this.scenario(),
      () => this.script(),
      () => this.journal(journal),
      () => this.snapshot(machine),
      () => this.store(machine),
    ];
    for (let i = 0; i < count; i++) await kinds[i % kinds.length]();
    return this.totals;
  }

  private fail(what: string, content: Uint8Array): never {
    const path = join(this.options.folder, "failing");
    writeFileSync(path, content);
    throw new Error(`${what}; the file is ${path}, the seed ${this.options.seed}`);
  }

  /** What the program would print, and its exit code; a bug of ours fails the run. */
  private refuse(error: unknown, content: Uint8Array, { codes = [2, 3], hasPlace = false } = {}): void {
    let text = "";
    const err = (more: string): void => {
      text += more;
    };
    const io = { out: () => {}, err, env: {}, isErrTerminal: false };
    const exitCode = reportFailure(error, io);
    if (!(error instanceof HvError)) this.fail(`a stack trace: ${text}`, content);
    if (!codes.includes(exitCode)) this.fail(`exit code ${exitCode}: ${text}`, content);
    if (!/ \[[a-z-]+\]/.test(text) || /\n\s+at /.test(text)) this.fail(`no code, or a stack trace: ${text}`, content);
    if (hasPlace && !PLACE.test(text)) this.fail(`no place: ${text}`, content);
    this.totals.refused++;
    this.totals.codes[error.code] = (this.totals.codes[error.code] ?? 0) + 1;
  }

  /** A script that is still valid is not run: it has no machine, and its line is somebody else's. */
  private script(): void {
    const content = this.mutator.mutate(Buffer.from(SCRIPT));
    try {
      parseScript(content.toString("utf8"), "f.yaml");
      this.totals.taken++;
    } catch (error) {
      this.refuse(error, content, { codes: [2], hasPlace: true });
    }
  }

  private async scenario(): Promise<void> {
    const content = this.mutator.mutate(Buffer.from(SCENARIO(this.options.board)));
    let scenarios: ReturnType<typeof parseScenarios>;
    try {
      scenarios = parseScenarios(content.toString("utf8"), "f.test.yaml");
    } catch (error) {
      return this.refuse(error, content, { codes: [2], hasPlace: true });
    }
    const options = {
      power: this.power,
      version: "0",
      hostNowMs: () => performance.now(),
      randomSeed: () => 1,
      folder: this.options.folder,
    };
    const [first] = scenarios;
    await runScenario({ ...first, hostTimeoutMs: RUN_MS }, options).catch((error: unknown) =>
      this.fail(`a run threw ${error instanceof Error ? error.stack : error}`, content),
    );
    this.totals.taken++;
  }

  private async goodJournal(): Promise<string> {
    const steps =
      "steps: [{ line: hello }, { wait: 20us }, { console: sleep usecs 5 }, { snapshot: save }, { memory: 0, equals: 1 }]";
    const [scenario] = parseScenarios(`board: ${this.options.board}\nscenarios: [{ name: a, ${steps} }]`, "f.yaml");
    const options = {
      power: this.power,
      version: "0",
      hostNowMs: () => 0,
      randomSeed: () => 1,
      folder: this.options.folder,
    };
    const { journal, failure } = await runScenario(scenario, options);
    if (journal === undefined) throw new Error(`the scenario leaves no journal: ${failure?.message}`);
    return journalText(journal);
  }

  /** Half of them with a digest that fits: then what is inside must be refused, or run as far as it goes. */
  private async journal(good: string): Promise<void> {
    let content = this.mutator.mutate(Buffer.from(good));
    const isForged = this.mutator.below(2) === 0;
    if (isForged) {
      const lines = this.mutator.mutate(Buffer.from(good.slice(0, good.trimEnd().lastIndexOf("\n") + 1)));
      const sha256 = createHash("sha256").update(lines.toString("utf8")).digest("hex");
      content = Buffer.from(`${lines.toString("utf8")}${JSON.stringify({ sha256 })}\n`);
    }
    let journal: ReturnType<typeof parseJournal>;
    try {
      journal = parseJournal(content.toString("utf8"), "f.journal");
    } catch (error) {
      return this.refuse(error, content, { codes: [2], hasPlace: true });
    }
    const untilMs = performance.now() + RUN_MS;
    const isInterrupted = () => performance.now() > untilMs;
    try {
      await replayJournal(journal, { power: this.power, board: this.options.board, isInterrupted });
      this.totals.taken++;
    } catch (error) {
      // A run that goes another way is a failed replay, not a bad file.
      if (error instanceof Error && error.message === "interrupted") this.totals.taken++;
      else this.refuse(error, content, { codes: [1, 2, 3] });
    }
  }

  private async machine(): Promise<Machine> {
    const { machine } = powerOn({
      board: this.options.board,
      clock: "virtual",
      engine: "interp",
      log: silentLogger(),
      env: {},
    });
    machine.hypervisor.guests[0].kick();
    machine.runSlice(2_000, { skipIdle: true });
    return machine;
  }

  /** The machine is after a refusal what it was before. */
  private unchanged(machine: Machine, content: Uint8Array, load: () => void): void {
    const before = stateHash(machine);
    try {
      load();
      this.totals.taken++;
    } catch (error) {
      this.refuse(error, content);
      if (stateHash(machine) !== before) this.fail("a half-loaded machine", content);
    }
  }

  private snapshot(machine: Machine): void {
    const good = Buffer.from(encodeSnapshot(takeSnapshot(machine)));
    let content = this.mutator.mutate(good);
    if (this.mutator.below(2) === 0) {
      const body = this.mutator.mutate(good.subarray(0, good.length - 32));
      content = Buffer.concat([body, createHash("sha256").update(body).digest()]);
    }
    this.unchanged(machine, content, () => restoreMachine(machine, content));
    // One that was taken although it was damaged may be a machine that does not run: begin again from a good one.
    restoreMachine(machine, good);
  }

  private store(machine: Machine): void {
    const folder = join(this.options.folder, "store");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const store = new SnapshotStore(folder);
    const driver = { resynchronize: () => {} } as never;
    const shelf = new MachineShelf(store, { machine, driver });
    shelf.save("good");
    const name = this.mutator.pick(readdirSync(folder));
    const path = join(folder, name);
    const content = this.mutator.mutate(readFileSync(path));
    writeFileSync(path, content);
    // By its id: a snapshot that is damaged is in no list.
    const id = readdirSync(folder).find((file) => file.endsWith(".snapshot")) ?? "";
    this.unchanged(machine, content, () => void shelf.load(id.slice(0, 20)));
  }
}
