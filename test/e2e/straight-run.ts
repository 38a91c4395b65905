/**
 * The straight run of `snapshot.test.ts`, a process of its own so that it runs at full speed: boots a guest, saves it at
 * random instructions, and tells the state hash it has some time after each.
 *
 * Usage: straight-run.ts SEED FOLDER; prints one `Point` of JSON a line.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { type PoweredBoard, powerOn } from "../../src/main/power-on.ts";
import { type Machine, saveMachine, stateHash } from "../../src/vm/index.ts";
import { makeRandom } from "../../tools/power-cut/random.ts";
import { BOARD } from "./program.ts";

export interface Point {
  readonly when: string;
  readonly file: string;
  readonly saveAt: number;
  readonly runTo: number;
  readonly stateHash: string;
  readonly virtualNs: number;
}

interface Landmarks {
  readonly userLand: number;
  readonly shell: number;
}

/** A place in the life of the guest; at how many instructions it is depends on the kernel's build. */
interface Place {
  readonly when: string;
  /** Saved between these two, at a random instruction. */
  readonly range: (landmarks: Landmarks) => readonly [number, number];
  readonly isReached: (powered: PoweredBoard) => boolean;
}

const isMmuOn = ({ machine }: PoweredBoard): boolean => machine.running?.isMmuOn === true;
const isMmuOff = (powered: PoweredBoard): boolean => !isMmuOn(powered);
const hasInputWaiting = ({ machine, consolePort }: PoweredBoard): boolean =>
  (machine.hypervisor.findSerialPort(consolePort)?.pendingBytes ?? 0) > 0;

const places: readonly Place[] = [
  { when: "in the first instructions, with the MMU off", range: () => [1, 60], isReached: isMmuOff },
  { when: "while the kernel sets up its memory", range: () => [100_000, 900_000], isReached: isMmuOn },
  { when: "in the middle of the kernel", range: ({ userLand }) => [1e6, userLand / 2], isReached: isMmuOn },
  { when: "late in the kernel", range: ({ userLand }) => [userLand / 2, userLand], isReached: isMmuOn },
  { when: "in user land", range: ({ userLand, shell }) => [userLand, shell], isReached: isMmuOn },
  {
    when: "while the serial port is busy both ways",
    range: ({ shell }) => [shell + 5_000, shell + 100_000],
    isReached: hasInputWaiting,
  },
];

/** Typed at the guest's shell as soon as it is there: more than its serial port takes at once. */
const TYPED = "cat /proc/interrupts\r".repeat(380);
const LANDMARK_STEP = 100_000;
const MAX_BOOT_INSTRUCTIONS = 200e6;

function runTo(machine: Machine, instruction: number): void {
  while (machine.instructions() < instruction) {
    machine.runSlice(Math.min(400_000, instruction - machine.instructions()), { skipIdle: true });
  }
}

function givenGuest(): PoweredBoard {
  const powered = powerOn({ board: BOARD, clock: "virtual", log: silentLogger(), env: process.env });
  powered.machine.hypervisor.guests[0].kick();
  return powered;
}

/** Boots once to see where user land begins and where the shell's prompt comes. */
function findLandmarks(): Landmarks {
  const { board, machine, consolePort } = givenGuest();
  const { readyPattern, shellPrompt } = board.profile.boot;
  const [userLand, shell] = [["Run /init as init process"], [readyPattern, shellPrompt]].map((patterns) => {
    const watch = new ConsoleWatch();
    watch.expect(patterns);
    const stop = machine.hypervisor.findSerialPort(consolePort)?.observe((byte) => watch.feed(byte));
    while (!watch.isMatched) {
      assert(machine.instructions() < MAX_BOOT_INSTRUCTIONS, `the guest prints ${watch.awaited}`);
      runTo(machine, machine.instructions() + LANDMARK_STEP);
    }
    stop?.();
    return machine.instructions();
  });
  return { userLand, shell };
}

function choosePoints(seed: number, folder: string, landmarks: Landmarks) {
  const random = makeRandom(seed);
  const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));
  return places.map(({ when, range, isReached }, index) => {
    const saveAt = between(...range(landmarks));
    // What is typed is no part of a snapshot: a point before it is compared before it.
    const limit = saveAt < landmarks.shell ? landmarks.shell : Number.POSITIVE_INFINITY;
    const until = Math.min(saveAt + between(300_000, 2_000_000), limit);
    return { when, isReached, file: join(folder, `${index}.snap`), saveAt, runTo: until };
  });
}

function main(seed: number, folder: string): void {
  const landmarks = findLandmarks();
  const powered = givenGuest();
  const { machine, consolePort } = powered;
  const actions: { at: number; act: () => void }[] = [];
  for (const { isReached, ...point } of choosePoints(seed, folder, landmarks)) {
    const save = () => {
      assert(isReached(powered), `instruction ${point.saveAt} is ${point.when}`);
      writeFileSync(point.file, saveMachine(machine));
    };
    const tell = () => {
      const virtualNs = machine.timeline.nowNs();
      console.log(JSON.stringify({ ...point, stateHash: stateHash(machine), virtualNs } satisfies Point));
    };
    actions.push({ at: point.saveAt, act: save }, { at: point.runTo, act: tell });
  }
  const type = () => machine.hypervisor.findSerialPort(consolePort)?.send(Buffer.from(TYPED));
  actions.push({ at: landmarks.shell, act: type });
  for (const { at, act } of actions.sort((a, b) => a.at - b.at)) {
    runTo(machine, at);
    act();
  }
}

main(Number(process.argv[2]), process.argv[3]);
