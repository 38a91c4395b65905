/** A machine of a few instructions under the hand of a debugger. */

import type { HistoryLimits } from "../../src/gdb/history.ts";
import { RunControl, type StopReason } from "../../src/gdb/run-control.ts";
import { type BlockDevice, type Engine, stateHash, stateText, type VirtualSerialPort } from "../../src/vm/index.ts";
import { givenMachine, type MachineBench } from "../vm/machine-bench.ts";

export { CODE_ADDRESS, countingProgram, RECORD_ADDRESS, waitingProgram } from "../vm/machine-bench.ts";

/** Counts in R4, keeps the count at 0x10000, sends back what it gets, and keeps what it got last at 0x10004. */
export const echoProgram = [
  0xe3a01201, //       mov r1, #0x10000000
  0xe381181f, //       orr r1, r1, #0x1f0000
  0xe3811a01, //       orr r1, r1, #0x1000    uart0
  0xe3a00c03, //       mov r0, #0x300
  0xe3800001, //       orr r0, r0, #1
  0xe5810030, //       str r0, [r1, #0x30]    CR: UARTEN, TXE, RXE
  0xe3a05801, //       mov r5, #0x10000
  0xe3a04000, //       mov r4, #0
  0xe2844001, // loop: add r4, r4, #1
  0xe5854000, //       str r4, [r5]
  0xe5913018, //       ldr r3, [r1, #0x18]    FR
  0xe3130010, //       tst r3, #0x10          RXFE
  0x1afffffa, //       bne loop
  0xe5910000, //       ldr r0, [r1]           DR
  0xe5850004, //       str r0, [r5, #4]
  0xe5810000, //       str r0, [r1]
  0xeafffff6, //       b loop
];
/** Instructions before the loop, and of one turn without input. */
export const ECHO_START = 8;
export const ECHO_TURN = 5;
export const LOOP_ADDRESS = 0x8000 + ECHO_START * 4;
export const COUNT_STORE = LOOP_ADDRESS + 4;
export const COUNT_ADDRESS = 0x10000;
export const INPUT_STORE = LOOP_ADDRESS + 6 * 4;
export const INPUT_ADDRESS = 0x10004;

export const tightLimits: HistoryLimits = {
  intervalInstructions: 1_000,
  maxCheckpoints: 1_000,
  maxBytes: 2 ** 30,
  maxInputs: 1_000_000,
};

export interface ControlBench extends MachineBench {
  readonly control: RunControl;
  readonly port: VirtualSerialPort;
  /** What the guest sent, as a listener on the port hears it. */
  heard(): string;
  /** Lets slices run until the guest is held; the reason. */
  untilHeld(): StopReason;
  /** Lets the guest run so many slices. */
  run(slices: number): void;
  instruction(): number;
  pc(): number;
  /** Everything but RAM, and the RAM that the programs use: quicker than a hash of all. */
  state(): string;
}

export function givenControl(
  program: readonly number[],
  {
    limits = tightLimits,
    engine = "interp" as Engine,
    sliceLength = 700,
    blockDevices = [] as readonly BlockDevice[],
  } = {},
): ControlBench {
  const bench = givenMachine(program, { engine, blockDevices });
  const { machine } = bench;
  const control = new RunControl(machine, { limits });
  const reasons: StopReason[] = [];
  control.onStop = (reason) => reasons.push(reason);
  const port = machine.hypervisor.findSerialPort("guest0/uart0");
  if (port === undefined) throw new Error("expected the guest to have a port");
  let heard = "";
  port.listen((byte) => {
    heard += String.fromCharCode(byte);
  });
  control.attach();
  const slice = () => control.runSlice(sliceLength, { skipIdle: true });
  return {
    ...bench,
    control,
    port,
    heard: () => heard,
    untilHeld: () => {
      for (let i = 0; i < 100_000 && !control.isHeld; i++) slice();
      const reason = reasons.shift();
      if (reason === undefined) throw new Error("expected the guest to be held within 100,000 slices");
      return reason;
    },
    run: (slices) => {
      for (let i = 0; i < slices && !control.isHeld; i++) slice();
    },
    instruction: () => machine.instructions(),
    state: () => {
      const used = new Uint8Array(0x20000);
      machine.readGuest(0, used);
      return stateText(machine.save()) + Buffer.from(used).toString("base64");
    },
    pc: () => (machine.running?.cpu.pc ?? 0) >>> 0,
    hash: () => stateHash(machine),
  };
}
