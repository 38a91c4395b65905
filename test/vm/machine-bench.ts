/** A VersatilePB machine that runs a few hand-assembled instructions, and what they do to it. */
import { Logger, type LogRecord } from "../../src/base/index.ts";
import { loadBoard, type Profile } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { type BlockDevice, type Engine, Machine, stateHash } from "../../src/vm/index.ts";

export const CODE_ADDRESS = 0x8000;
const IRQ_VECTOR = 0x18;
const HANDLER_ADDRESS = 0x100;
/** Where the programs leave what they saw. */
export const RECORD_ADDRESS = 0x10000;

/** Programs as ARM instructions; each is loaded at `CODE_ADDRESS`. */
export const programs = {
  /** Counts in R4 for ever. */
  spin: [0xe2844001, 0xeafffffd], // add r4, r4, #1; b .-4
  /** Waits for an interrupt that never comes. */
  wait: [0xee070f90, 0xeafffffd], // mcr p15, 0, r0, c7, c0, 4; b .-4
  /** Halts itself with interrupts off. */
  halt: [0xeafffffe], // b .
  /** Resets the board through the system registers, once R4 says that it did not do so before. */
  reset: [
    0xe3a05801, // mov r5, #0x10000
    0xe5954000, // ldr r4, [r5]
    0xe2844001, // add r4, r4, #1
    0xe5854000, // str r4, [r5]
    0xe3540002, // cmp r4, #2
    0x0afffffe, // beq .
    0xe3a00201, // mov r0, #0x10000000
    0xe3a01ca0, // mov r1, #0xa000
    0xe381105f, // orr r1, r1, #0x5f
    0xe5801020, // str r1, [r0, #0x20]     SYS_LOCK: open
    0xe3a01c01, // mov r1, #0x100
    0xe3811004, // orr r1, r1, #4
    0xe5801040, // str r1, [r0, #0x40]     SYS_RESETCTL
    0xeafffffe, // b .
  ],
} as const;

/** Sets timer 0 to interrupt every 100 us, then does `body` for ever; the handler records R4 at each interrupt. */
const timerProgram = (body: readonly number[]): readonly number[] => [
  0xe3a00201, // mov r0, #0x10000000
  0xe380081e, // orr r0, r0, #0x1e0000
  0xe3800a02, // orr r0, r0, #0x2000      timer 0
  0xe3a01064, // mov r1, #100
  0xe5801000, // str r1, [r0]             load
  0xe3a010e2, // mov r1, #0xe2
  0xe5801008, // str r1, [r0, #8]         on, periodic, interrupting, 32 bits
  0xe3a02201, // mov r2, #0x10000000
  0xe3822814, // orr r2, r2, #0x140000    interrupt controller
  0xe3a03010, // mov r3, #1 << 4
  0xe5823010, // str r3, [r2, #0x10]      enable line 4
  0xe3a05801, // mov r5, #0x10000
  0xe3a04000, // mov r4, #0
  0xe10f3000, // mrs r3, cpsr
  0xe3c33080, // bic r3, r3, #0x80
  0xe121f003, // msr cpsr_c, r3
  ...body,
];

/** Counts while the timer interrupts it. */
export const countingProgram = timerProgram([0xe2844001, 0xeafffffd]); // add r4, r4, #1; b .-4
/** Counts the interrupts it waits for. */
export const waitingProgram = timerProgram([0xee076f90, 0xe2844001, 0xeafffffc]); // wfi; add r4, r4, #1; b .-8

const handler = [
  0xe4854004, // str r4, [r5], #4
  0xe580400c, // str r4, [r0, #0xc]       acknowledge
  0xe25ef004, // subs pc, lr, #4
];

const bytesOf = (words: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

export const versatile = (): Profile => loadBoard("versatilepb", { models: deviceModels }).profile;

export interface MachineBench {
  readonly machine: Machine;
  readonly logged: LogRecord[];
  /** A word of guest memory. */
  word(address: number): number;
  register(n: number): number;
  /** Runs to this instruction in slices of `length`. */
  runTo(instruction: number, length?: number): void;
  hash(): string;
}

export function givenMachine(
  program: readonly number[],
  {
    profile = versatile(),
    isKicked = true,
    engine = undefined as Engine | undefined,
    blockDevices = [] as readonly BlockDevice[],
  } = {},
): MachineBench {
  const logged: LogRecord[] = [];
  const vector = 0xea000000 | ((HANDLER_ADDRESS - IRQ_VECTOR - 8) / 4);
  const machine = new Machine({
    profile,
    boot: {
      segments: [
        { name: "vector", address: IRQ_VECTOR, data: bytesOf([vector]) },
        { name: "handler", address: HANDLER_ADDRESS, data: bytesOf(handler) },
        { name: "program", address: CODE_ADDRESS, data: bytesOf(program) },
      ],
      entry: { pc: CODE_ADDRESS, r0: 0, r1: 387, r2: 0x100 },
      commandLine: "",
    },
    entropy: { fill: (target) => void target.fill(0x55) },
    wallClock: { epochSeconds: 1_767_225_600 },
    log: new Logger("", (record) => logged.push(record)),
    version: { name: "Komainu", version: "0.1.0", date: "" },
    engine,
    blockDevices,
  });
  if (isKicked) machine.hypervisor.guests[0].kick();
  const word = new Uint8Array(4);
  return {
    machine,
    logged,
    word: (address) => {
      machine.readGuest(address, word);
      return new DataView(word.buffer).getUint32(0, true);
    },
    register: (n) => (machine.running?.cpu.state.words[n] ?? 0) >>> 0,
    runTo: (instruction, length = 400_000) => {
      while (machine.instructions() < instruction) {
        machine.runSlice(Math.min(length, instruction - machine.instructions()), { skipIdle: true });
      }
    },
    hash: () => stateHash(machine),
  };
}
