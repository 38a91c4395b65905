/** A start that goes on from an earlier boot is the start that boots: output, counts, time and state are the same. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exec, reportOf, Scratch, type Stats } from "./program.ts";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const COMMANDS = [
  "vserial dump guest0/uart0",
  "vserial exec guest0/uart0 ps; cat /proc/interrupts /proc/meminfo; sleep 2; date",
  "vserial exec guest0/uart0 head -c 64 /dev/urandom | md5sum; dd if=/dev/zero bs=4096 count=100 | md5sum",
  "ids plist",
  "heap info",
  "ids syscall",
];

/** One run, and everything that must be the same in another: the snapshot at its end holds the whole machine. */
async function start(name: string, ...options: readonly string[]) {
  const end = scratch.path(`${name}.snap`);
  const { code, stdout, stderr } = await exec("--stats", "--save", end, ...options, ...COMMANDS);
  const { boot, instructions, virtualSeconds, phases } = reportOf<Stats & { boot?: string }>(stderr, "komainu.stats/1");
  const counts = phases.map((phase) => [phase.name, phase.instructions, phase.virtualSeconds]);
  return {
    isRestored: boot === "restored",
    stderr,
    result: { code, stdout, instructions, virtualSeconds, counts },
    end,
  };
}

describe("exec --boot-cache", () => {
  it("gives the same output, counts, time and state with either engine, from a boot of either", async () => {
    const folders = ["interp", "jit"].map((engine) => ["--boot-cache", scratch.path(engine)]);
    const booted = await Promise.all([
      start("interp", "--engine", "interp", ...folders[0]),
      start("jit", "--engine", "jit", ...folders[1]),
    ]);
    const restored = await Promise.all([
      start("jit-from-interp", "--engine", "jit", ...folders[0]),
      start("interp-from-jit", "--engine", "interp", ...folders[1]),
    ]);
    expect(booted.map(({ isRestored }) => isRestored)).toEqual([false, false]);
    expect(restored.map(({ isRestored }) => isRestored)).toEqual([true, true]);
    const [first, ...others] = [...booted, ...restored];
    expect(first.result.stdout.length).toBeGreaterThan(1000);
    expect(first.result.instructions).toBeGreaterThan(10_000_000);
    for (const other of others) {
      expect(other.result).toEqual(first.result);
      expect(readFileSync(other.end).equals(readFileSync(first.end))).toBe(true);
    }
  });

  it("boots when a single bit of the file is wrong, and says so", async () => {
    const folder = scratch.path("damaged");
    const good = await start("good", "--boot-cache", folder);
    const [name] = readdirSync(folder);
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length >> 1] ^= 0x40;
    writeFileSync(join(folder, name), bytes);
    const again = await start("again", "--boot-cache", folder);
    expect(again.isRestored).toBe(false);
    expect(again.stderr).toContain("the guest is booted instead");
    expect(again.result).toEqual(good.result);
  });
});
