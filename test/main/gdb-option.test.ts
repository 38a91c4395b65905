import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Logger } from "../../src/base/index.ts";
import type { Drivable } from "../../src/main/drive.ts";
import { GdbOption } from "../../src/main/gdb-option.ts";
import { givenMachine, programs } from "../vm/machine-bench.ts";
import { recordedIo } from "./recorded-io.ts";

const log = new Logger("", () => {});
const stops: GdbOption[] = [];
afterEach(async () => {
  for (const option of stops.splice(0)) await option.stop();
});

function given(options: ConstructorParameters<typeof GdbOption>[1]) {
  const { machine } = givenMachine(programs.spin);
  const option = new GdbOption(machine, options, () => {});
  stops.push(option);
  const inner: Drivable = {
    runSlice: (maxInstructions, slice) => machine.runSlice(maxInstructions, slice),
    nowNs: () => machine.timeline.nowNs(),
    nextDeadlineNs: () => machine.timeline.clock.nextDeadlineNs,
    advanceTo: (toNs) => machine.timeline.advanceTo(toNs),
    setAlarm: () => {},
  };
  return { machine, option, driven: option.drivable(inner) };
}

describe("--gdb", () => {
  it("changes nothing until a debugger comes", () => {
    const { machine, driven } = given({ gdb: 0 });
    expect(driven.isHeld?.()).toBe(false);
    expect(driven.runSlice(1_000, { skipIdle: true })).toMatchObject({ executed: 1_000, end: "budget" });
    driven.advanceTo(10_000);
    expect(machine.timeline.nowNs()).toBe(10_000);
  });

  it("says how to attach, and wakes the driver when the debugger leaves", async () => {
    const { option, driven } = given({ gdb: 0, gdbWait: true });
    expect(driven.isHeld?.()).toBe(true);
    const io = recordedIo();
    let wakes = 0;
    await option.listen(io, { log, wake: () => wakes++, kill: () => {} });
    const port = Number(/localhost:(\d+)"; the guest waits for it/.exec(io.stderr)?.[1]);
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    socket.end("+$D#44");
    await new Promise<void>((resolve) => socket.once("close", () => resolve()).resume());
    while (wakes === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(driven.isHeld?.()).toBe(false);
  });
});
