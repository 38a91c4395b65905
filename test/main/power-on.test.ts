import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { JitCpu } from "../../src/arm/jit/index.ts";
import { silentLogger } from "../../src/base/index.ts";
import { drivable, type PowerOptions, powerOn } from "../../src/main/power-on.ts";
import { stateHash } from "../../src/vm/index.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

describe("powering a board on", () => {
  const board = new TinyBoard(READY_TEXT, "wait");
  const folder = mkdtempSync(join(tmpdir(), "komainu-power-"));
  afterAll(() => {
    board.dispose();
    rmSync(folder, { recursive: true });
  });
  const given = (options: Partial<PowerOptions> = {}) =>
    powerOn({ board: board.path, clock: "virtual", log: silentLogger(), env: {}, ...options });

  it("creates the guest and does not start it", () => {
    const { machine, consolePort } = given();
    expect(machine.hypervisor.guests.map(({ name }) => name)).toEqual(["guest0"]);
    expect(consolePort).toBe("guest0/uart0");
    expect(machine.runSlice(1_000, { skipIdle: true })).toEqual({ executed: 0, end: "parked" });
  });

  it("runs the board on the engine that was asked for, to the same state on both", () => {
    const [interp, jit] = (["interp", "jit"] as const).map((engine) => {
      const { machine } = given({ engine });
      machine.hypervisor.guests[0].kick();
      machine.runSlice(5_000, { skipIdle: true });
      return machine;
    });
    expect(interp.running?.cpu).not.toBeInstanceOf(JitCpu);
    expect(jit.running?.cpu).toBeInstanceOf(JitCpu);
    expect(stateHash(jit)).toBe(stateHash(interp));
  });

  it("has the console on before the kernel starts, as a boot loader leaves it", () => {
    const { machine } = given();
    const uart = machine.running?.devices.byName.get("uart0");
    expect(uart?.read(0x30, 4)).toBe(0x101);
    machine.reset();
    expect(uart?.read(0x30, 4)).toBe(0x101);
  });

  it("adds words to the kernel command line", () => {
    const { machine } = given({ append: "quiet init=/bin/true" });
    expect(machine.hypervisor.facts.guest.bootArguments).toMatch(/rdinit=\/init quiet init=\/bin\/true/);
  });

  it("attaches a disk file", () => {
    const path = join(folder, "disk");
    writeFileSync(path, new Uint8Array(8 * 512));
    const { machine } = given({ disk: `${path},ro` });
    const [disk] = machine.hypervisor.disks;
    expect([disk.sectorCount, disk.isReadOnly]).toEqual([8, true]);
  });

  it("starts with the same wall clock whenever time is virtual", () => {
    expect(given().machine.hypervisor.wallClock.epochSeconds).toBe(Date.UTC(2026, 0, 1) / 1000);
  });

  it("tells how to get a guest that is not in the cache", () => {
    const env = { XDG_CACHE_HOME: folder };
    expect(() => given({ board: "versatilepb", env })).toThrow(
      expect.objectContaining({ code: "guest-missing", exitCode: 3 }),
    );
  });

  it("refuses images that are none", () => {
    const path = join(folder, "text");
    writeFileSync(path, "this is no kernel, and long enough to be taken for one\n");
    expect(() => given({ kernel: path })).toThrow(expect.objectContaining({ code: "kernel-invalid", exitCode: 2 }));
    expect(() => given({ dtb: path })).toThrow(expect.objectContaining({ code: "fdt-invalid" }));
  });

  it("gives the driver an alarm that ends a slice at its very instant", () => {
    const { machine } = given();
    const driven = drivable(machine);
    driven.setAlarm(12_345);
    expect(driven.nextDeadlineNs()).toBe(12_345);
    driven.runSlice(1_000, { skipIdle: true });
    expect(driven.nowNs()).toBe(12_345);
    driven.setAlarm(Number.POSITIVE_INFINITY);
    expect(driven.nextDeadlineNs()).toBe(Number.POSITIVE_INFINITY);
  });
});
