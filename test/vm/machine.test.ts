import { describe, expect, it } from "vitest";
import { Status } from "../../src/base/index.ts";
import { RAM_OFFSET } from "../../src/memory/index.ts";
import { CODE_ADDRESS, countingProgram, givenMachine, programs, RECORD_ADDRESS } from "./machine-bench.ts";

const slice = { skipIdle: true };

describe("a machine", () => {
  it("runs nothing before its guest is kicked", () => {
    const { machine } = givenMachine(programs.spin, { isKicked: false });
    expect(machine.runSlice(1_000, slice)).toEqual({ executed: 0, end: "parked" });
    machine.hypervisor.guests[0].kick();
    expect(machine.runSlice(1_000, slice)).toEqual({ executed: 1_000, end: "budget" });
  });

  it("lets a paused guest be, and goes on where it was after a resume", () => {
    const { machine, register } = givenMachine(programs.spin);
    const [guest] = machine.hypervisor.guests;
    machine.runSlice(1_000, slice);
    expect(guest.pause()).toBe(Status.ok);
    expect(machine.runSlice(1_000, slice).executed).toBe(0);
    expect(register(4)).toBe(500);
    guest.resume();
    machine.runSlice(1_000, slice);
    expect(register(4)).toBe(1_000);
  });

  it("stops in the middle of a slice when a command pauses the guest", () => {
    const { machine } = givenMachine(programs.spin);
    const [guest] = machine.hypervisor.guests;
    machine.timeline.clock.timer("command", () => guest.pause()).arm(5 * 123);
    expect(machine.runSlice(10_000, slice)).toEqual({ executed: 123, end: "stopped" });
  });

  it("never runs a halted guest again, until it is reset and kicked", () => {
    const { machine, register } = givenMachine(programs.spin);
    const [guest] = machine.hypervisor.guests;
    machine.runSlice(1_000, slice);
    guest.halt();
    expect([guest.kick(), machine.runSlice(1_000, slice).executed]).toEqual([Status.invalid, 0]);
    machine.hypervisor.resetGuest(guest);
    expect(guest.kick()).toBe(Status.ok);
    machine.runSlice(10, slice);
    expect(register(4)).toBe(5);
  });

  it("starts the program anew after a reset of the running guest; time goes on", () => {
    const bench = givenMachine(countingProgram);
    const { machine } = bench;
    bench.runTo(50_000);
    const [guest] = machine.hypervisor.guests;
    machine.hypervisor.resetGuest(guest);
    expect(machine.runSlice(10, slice).executed).toBe(0);
    expect([bench.register(4), machine.running?.cpu.pc]).toEqual([0, CODE_ADDRESS]);
    const before = machine.timeline.nowNs();
    guest.kick();
    machine.runSlice(100, slice);
    expect([machine.instructions(), machine.timeline.nowNs()]).toEqual([50_100, before + 500]);
  });

  it("resets and goes on when the guest asks for it through the system registers", () => {
    const bench = givenMachine(programs.reset);
    const { machine } = bench;
    const first = machine.runSlice(1_000, slice);
    expect(first).toEqual({ executed: 13, end: "reset" });
    const [guest] = machine.hypervisor.guests;
    expect([guest.resetCount, guest.vcpus[0].isRunnable]).toEqual([1, true]);
    machine.runSlice(6, slice);
    expect([bench.register(4), bench.word(RECORD_ADDRESS)]).toEqual([2, 2]);
    expect(machine.instructions()).toBe(19);
  });

  it("forgets a destroyed guest and its timers, and counts on with a new one", () => {
    const bench = givenMachine(countingProgram);
    const { machine } = bench;
    const { hypervisor, timeline } = machine;
    bench.runTo(30_000);
    hypervisor.destroyGuest(hypervisor.guests[0]);
    expect([machine.running, timeline.clock.nextDeadlineNs]).toEqual([undefined, Number.POSITIVE_INFINITY]);
    expect([machine.instructions(), machine.runSlice(100, slice).end]).toEqual([30_000, "parked"]);
    expect(machine.readGuest(CODE_ADDRESS, new Uint8Array(4))).toBe(false);
    hypervisor.createGuest(hypervisor.facts.guest).kick();
    machine.runSlice(100, slice);
    expect(machine.instructions()).toBe(30_100);
    bench.runTo(80_000);
    expect(bench.register(5)).toBeGreaterThan(RECORD_ADDRESS + 4);
  });

  it("lets time pass for sleeping commands while no guest runs", () => {
    const { machine } = givenMachine(programs.spin, { isKicked: false });
    let fired = 0;
    machine.timeline.clock
      .timer("sleep", () => {
        fired++;
      })
      .arm(1e9);
    machine.runSlice(1, { skipIdle: false });
    expect(fired).toBe(0);
    machine.runSlice(1, slice);
    expect([fired, machine.timeline.nowNs()]).toEqual([1, 1e9]);
  });

  it("executes code that the console changed, also where it was decoded before", () => {
    const bench = givenMachine(programs.spin);
    const { machine } = bench;
    bench.runTo(1_000);
    const hostAddress = machine.hypervisor.guests[0].regionNamed("mem0")?.allocation?.address ?? 0;
    const addTwo = Uint8Array.from([2, 0x40, 0x84, 0xe2]); // add r4, r4, #2
    expect(machine.hypervisor.writeHost(hostAddress + CODE_ADDRESS, addTwo)).toBe(true);
    bench.runTo(2_000);
    expect(bench.register(4)).toBe(500 + 1_000);
    expect(machine.host.u8[RAM_OFFSET + hostAddress + CODE_ADDRESS]).toBe(2);
  });

  it("gives the registers of its one VCPU", () => {
    const { machine } = givenMachine(programs.spin);
    const core = machine
      .core(0)
      ?.registers()
      .find(({ title }) => title === "Core Registers");
    expect(core?.registers.find(({ name }) => name === "PC")?.value).toBe(CODE_ADDRESS);
    expect(machine.core(1)).toBeUndefined();
  });

  it("keeps what the console asked of the host for its owner to see", () => {
    const { machine } = givenMachine(programs.spin);
    machine.timeline.clock.timer("command", () => machine.shutdownHost()).arm(50);
    expect(machine.runSlice(1_000, slice).executed).toBe(10);
    expect(machine.powerRequest).toBe("shutdown");
  });
});
