/** A guest that writes files to its SD card until its power fails. */
import { assert, silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { type PoweredBoard, powerOn } from "../../src/main/power-on.ts";
import { saveMachine, type VirtualSerialPort } from "../../src/vm/index.ts";

export interface CardWriterOptions {
  readonly board: string;
  /** The image that is the card; it is written. */
  readonly card: string;
  /** A snapshot of the guest at its shell, with a card of this size; without it the guest boots. */
  readonly snapshot?: string;
  /** Folder where one guest leaves the code it compiled for the next. */
  readonly translations: string;
}

/** A file that `sync` had written before the guest said so. */
export interface SyncedFile {
  readonly name: string;
  readonly sha256: string;
}

/** Files that are kept at least, the newest ones; older ones are removed. */
const KEPT_FILES = 8;
const SYNCED = /^synced (f\d+) ([0-9a-f]{64})/gm;

/**
 * Writes files of changing sizes under a name of their own, moves each to its place, syncs and says so; beside that it
 * removes old ones, and writes and cuts off a file that it never syncs.
 */
const WRITE_FOR_EVER = [
  "mkdir -p /tmp/card && mount -t ext4 /dev/mmcblk0 /tmp/card && cd /tmp/card && echo mounted; n=0",
  "while :; do n=$((n+1)); dd if=/dev/urandom of=new bs=1000 count=$((n*37%61+1)) 2>/dev/null; mv new f$n",
  "h=$(sha256sum < f$n); sync; echo; echo synced f$n $h; head -c $((n*991%30000)) /dev/urandom > unsynced",
  `[ $n -gt ${KEPT_FILES + 2} ] && rm f$((n-${KEPT_FILES + 2})); mkdir -p d$((n%5)); ln -f f$n d$((n%5))/link; done`,
].join("; ");

const SLICE_INSTRUCTIONS = 400_000;
const MAX_INSTRUCTIONS = 20e9;

export class CardWriter {
  private readonly powered: PoweredBoard;
  private readonly watch = new ConsoleWatch();
  private printed = "";
  private hasFailed = false;

  /** The guest at its shell. */
  constructor({ board, card, snapshot, translations: folder }: CardWriterOptions) {
    const options = { board, disk: card, restore: snapshot, clock: "virtual", env: process.env } as const;
    this.powered = powerOn({ ...options, translationCache: { folder }, log: silentLogger() });
    const { machine } = this.powered;
    const { readyPattern, shellPrompt } = this.powered.board.profile.boot;
    this.port.observe((byte) => {
      this.watch.feed(byte);
      this.printed += String.fromCharCode(byte);
    });
    if (snapshot !== undefined) return;
    machine.hypervisor.guests[0].kick();
    this.runUntilPrinted([readyPattern, shellPrompt]);
  }

  private get port(): VirtualSerialPort {
    const { machine, consolePort } = this.powered;
    const port = machine.hypervisor.findSerialPort(consolePort);
    assert(port !== undefined, `the guest has the port ${consolePort}`);
    return port;
  }

  private runSlice(): void {
    const { machine } = this.powered;
    if (machine.instructions() > MAX_INSTRUCTIONS)
      throw new Error(`the guest hangs; its last words: ${this.lastWords}`);
    machine.runSlice(SLICE_INSTRUCTIONS, { skipIdle: true });
  }

  private runUntilPrinted(patterns: readonly string[]): void {
    this.watch.expect(patterns);
    while (!this.watch.isMatched) this.runSlice();
  }

  private get lastWords(): string {
    return this.watch.lastLines().join("\n");
  }

  /** A snapshot of the machine. */
  save(): Uint8Array {
    return saveMachine(this.powered.machine);
  }

  /** Starts the writing, and returns when the first file is synced. */
  startWriting(): void {
    this.port.send(Buffer.from(`${WRITE_FOR_EVER}\r`));
    this.runUntilPrinted(["\\nsynced f1 "]);
  }

  /** Runs the guest for `afterNs` of its time, to the nearest instruction, and never again. */
  cutPowerAfter(afterNs: number): void {
    const { clock } = this.powered.machine.timeline;
    const power = clock.timer("power", () => {
      this.hasFailed = true;
      this.powered.machine.stop();
    });
    power.arm(this.powered.machine.timeline.nowNs() + afterNs);
    while (!this.hasFailed) this.runSlice();
    this.powered.translations?.save();
  }

  private get allSynced(): SyncedFile[] {
    const lines = this.printed.replaceAll("\r", "").matchAll(SYNCED);
    return [...lines].map(([, name, sha256]) => ({ name, sha256 }));
  }

  get syncedCount(): number {
    return this.allSynced.length;
  }

  /** Files that were synced and that nothing has removed since. */
  syncedFiles(): SyncedFile[] {
    return this.allSynced.slice(-KEPT_FILES);
  }
}
