/**
 * The one boot of `raspberrypi.test.ts`, a process of its own so that it runs at full speed: boots the board with an SD
 * card to its shell, then lets it write to the card; saves it at random instructions on the way, and tells the state
 * hash it has some time after each.
 *
 * Usage: raspberrypi-run.ts SEED FOLDER CARD; prints one `PiPoint` of JSON a line, and leaves in FOLDER `console.txt`,
 * everything that was printed up to the prompt, and `ready.snap`, the machine at the prompt.
 */
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { saveMachine, stateHash } from "../../src/vm/index.ts";
import { makeRandom } from "../../tools/power-cut/random.ts";
import { PI_BOARD } from "./program.ts";

export interface PiPoint {
  readonly when: string;
  readonly file: string;
  /** The card's image at the instruction of the snapshot. */
  readonly card: string;
  readonly saveAt: number;
  readonly runTo: number;
  readonly stateHash: string;
  readonly virtualNs: number;
  /** Of the card's image at `runTo`. */
  readonly cardHash: string;
}

/** A place in the life of the guest; at how many instructions it is depends on the kernel's build. */
interface Place {
  readonly when: string;
  /** What the console prints right before it. */
  readonly after?: string;
  /** Saved so many instructions later, from .. to. */
  readonly range: readonly [number, number];
  readonly isReached: () => boolean;
}

const SLICE_INSTRUCTIONS = 100_000;
const MAX_INSTRUCTIONS = 20e9;
/** From a snapshot to where the states are compared. */
const RUN_ON = [300_000, 5_000_000] as const;

/** Typed at the shell: keeps the card's controller and its DMA channel busy. */
const WRITING =
  "mkdir /tmp/card; mount -t ext4 /dev/mmcblk0 /tmp/card; dd if=/dev/urandom of=/tmp/card/a bs=64k count=40 conv=fsync; echo end";

const [seed, folder, card] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const random = makeRandom(seed);
const between = ([low, high]: readonly [number, number]): number => Math.floor(low + random() * (high - low));
const { board, machine, consolePort } = powerOn({
  board: PI_BOARD,
  disk: card,
  clock: "virtual",
  log: silentLogger(),
  env: process.env,
});
const port = machine.hypervisor.findSerialPort(consolePort);
const { readyPattern, shellPrompt } = board.profile.boot;
const watch = new ConsoleWatch();
let text = "";
port?.observe((byte) => {
  watch.feed(byte);
  text += String.fromCharCode(byte);
});

function runTo(instruction: number): void {
  while (machine.instructions() < instruction) {
    machine.runSlice(Math.min(SLICE_INSTRUCTIONS, instruction - machine.instructions()), { skipIdle: true });
  }
}

function runUntilPrinted(patterns: readonly string[]): void {
  watch.expect(patterns);
  while (!watch.isMatched) {
    assert(machine.instructions() < MAX_INSTRUCTIONS, `the guest prints ${watch.awaited}`);
    runTo(machine.instructions() + SLICE_INSTRUCTIONS);
  }
}

const cardHash = (): string => createHash("sha256").update(readFileSync(card)).digest("hex");
const isMmuOn = (): boolean => machine.running?.isMmuOn === true;
const hasPrinted = (part: string): boolean => text.includes(part);
const cardTime = (): bigint => statSync(card, { bigint: true }).mtimeNs;
const emptyCardTime = cardTime();

const bootPlaces: readonly Place[] = [
  { when: "in the first instructions, with the MMU off", range: [1, 60], isReached: () => !isMmuOn() },
  { when: "while the kernel sets up its memory", range: [1e5, 9e5], isReached: isMmuOn },
  {
    when: "in the middle of the kernel",
    after: "devtmpfs: initialized",
    range: [1e6, 100e6],
    isReached: () => !hasPrinted("Run /init"),
  },
  {
    when: "while modules are loaded",
    after: "Run /init as init process",
    range: [5e6, 100e6],
    isReached: () => !hasPrinted(readyPattern),
  },
];
const writingPlace: Place = {
  when: "while the SD card is written",
  range: [100_000, 2_000_000],
  isReached: () => cardTime() !== emptyCardTime && !hasPrinted("\nend"),
};

function visit({ when, after, range, isReached }: Place, index: number): void {
  if (after !== undefined) runUntilPrinted([after]);
  const saveAt = machine.instructions() + between(range);
  runTo(saveAt);
  assert(isReached(), `instruction ${saveAt} is ${when}`);
  const [file, cardThen] = ["snap", "img"].map((kind) => join(folder, `${index}.${kind}`));
  writeFileSync(file, saveMachine(machine));
  copyFileSync(card, cardThen);
  const until = saveAt + between(RUN_ON);
  runTo(until);
  const state = { stateHash: stateHash(machine), virtualNs: machine.timeline.nowNs(), cardHash: cardHash() };
  console.log(JSON.stringify({ when, file, card: cardThen, saveAt, runTo: until, ...state } satisfies PiPoint));
}

machine.hypervisor.guests[0].kick();
bootPlaces.forEach(visit);
runUntilPrinted([readyPattern, shellPrompt]);
writeFileSync(join(folder, "console.txt"), text, "latin1");
writeFileSync(join(folder, "ready.snap"), saveMachine(machine));
port?.send(Buffer.from(`${WRITING}\r`));
while (cardTime() === emptyCardTime) runTo(machine.instructions() + SLICE_INSTRUCTIONS);
visit(writingPlace, bootPlaces.length);
