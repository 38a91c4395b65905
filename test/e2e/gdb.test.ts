/** A real debugger on a real kernel: what it shows is checked against the kernel's own symbols and its own values. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { debug, hasGdb, NO_GDB } from "./gdb-session.ts";
import { guestFolder, Scratch } from "./program.ts";

if (!hasGdb) throw new Error(NO_GDB);
guestFolder();
const scratch = new Scratch();
afterAll(() => scratch.dispose());

/** The values that gdb prints for `p`, in order. */
const printed = (shown: string): number[] => [...shown.matchAll(/^\$\d+ = (\d+)$/gm)].map(([, value]) => Number(value));
/** The instruction counts of `monitor time`. */
const times = (shown: string): number[] =>
  [...shown.matchAll(/^instruction (\d+),/gm)].map(([, count]) => Number(count));
/** The functions of a backtrace, from the innermost. */
const frames = (shown: string): string[] =>
  [...shown.matchAll(/^#\d+ {2}0x[0-9a-f]{8} in (\S+) \(/gm)].map(([, name]) => name);

describe("gdb-multiarch on the guest's kernel", () => {
  it("stops at a function, shows who called it, and goes back to an earlier write of a watched word", async () => {
    const { shown, code, stdout } = await debug([
      "break kernel_clone",
      "continue",
      "backtrace",
      "continue 12",
      "p *(unsigned *)&total_forks",
      "monitor time",
      "watch *(unsigned *)&total_forks",
      "reverse-continue",
      "backtrace 2",
      "p *(unsigned *)&total_forks",
      "monitor time",
      "disable 1",
      "reverse-continue",
      "p *(unsigned *)&total_forks",
      "monitor time",
      "continue",
      "continue",
      "p *(unsigned *)&total_forks",
      "monitor time",
      "detach",
    ]);
    expect(frames(shown).slice(0, 5)).toEqual([
      "kernel_clone",
      "user_mode_thread",
      "rest_init",
      "arch_call_rest_init",
      "start_kernel",
    ]);
    expect(shown).toContain("Hardware watchpoint 2: *(unsigned *)&total_forks");
    expect(frames(shown).slice(-2)).toEqual(["copy_process", "kernel_clone"]);
    // Each write adds one: going back takes it off again, and the second way forward is the first.
    const [here, ...others] = printed(shown);
    expect(here).toBeGreaterThan(2);
    expect(others).toEqual([here - 1, here - 2, here]);
    const [start, back, further, again] = times(shown);
    expect(back).toBeLessThan(start);
    expect(further).toBeLessThan(back);
    expect(again).toBe(back + 1);
    // The guest went on from there to its shell as if nothing had been.
    expect([code, stdout]).toEqual([0, "armv5tejl\n"]);
  });

  it("goes back over what was typed to the kernel's first C function, and forward to the same state", async () => {
    const { shown, code, stdout } = await debug(
      [
        // Reached when the command was typed.
        "break stat_open",
        "continue",
        "monitor time",
        "monitor hash",
        "stepi 300",
        "reverse-stepi 300",
        "monitor hash",
        "delete",
        "hbreak *start_kernel",
        "reverse-continue",
        "monitor time",
        "reverse-continue",
        "monitor history",
        "delete",
        "break stat_open",
        "continue",
        "monitor time",
        "monitor hash",
        "delete",
        "continue",
      ],
      { consoleCommands: ["vserial exec guest0/uart0 cat /proc/stat"] },
    );
    const [typed, first, again] = times(shown);
    expect(shown).toMatch(/Breakpoint 2, 0x[0-9a-f]+ in start_kernel/);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(typed / 100);
    expect(shown).toMatch(/No more reverse-execution history/);
    expect(shown).toMatch(/back to instruction 0, 0\.000000 s; \d+ checkpoints/);
    expect(again).toBe(typed);
    const hashes = [...shown.matchAll(/^[0-9a-f]{64}$/gm)].map(([hash]) => hash);
    expect(hashes).toEqual([hashes[0], hashes[0], hashes[0]]);
    expect(shown).toMatch(/exited normally/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cpu .*^btime /ms);
  });

  it("goes back over what was written to a disk, whose file is then as it was, and forward to the same", async () => {
    const disk = scratch.path("disk.img");
    writeFileSync(disk, Buffer.alloc(1 << 20, 0x2e));
    const before = createHash("sha256").update(readFileSync(disk)).digest("hex");
    const look = ["monitor time", "monitor hash", `shell sha256sum ${disk}`];
    const write = (text: string, sector: number) =>
      `vserial exec guest0/uart0 echo ${text} | dd of=/dev/vda bs=512 seek=${sector} conv=notrunc,fsync; cat /proc/stat >/dev/null`;
    const { shown, code, stdout } = await debug(
      [
        // Reached behind each of the writes.
        "break stat_open",
        "continue",
        ...look,
        "continue",
        ...look,
        "reverse-continue",
        ...look,
        "reverse-continue",
        ...look,
        "monitor history",
        "continue",
        ...look,
        "continue",
        ...look,
        "detach",
      ],
      {
        consoleCommands: [
          write("first", 3),
          write("second", 1000),
          "vserial exec guest0/uart0 head -c 1540 /dev/vda | tail -c 4",
        ],
        args: ["--gdb-wait", "--disk", disk],
      },
    );
    // What the shell prints overtakes what gdb does; each of them is in order.
    const hashes = [...shown.matchAll(/^[0-9a-f]{64}$/gm)].map(([hash]) => hash);
    const files = [...shown.matchAll(/^([0-9a-f]{64}) {2}\S/gm)].map(([, hash]) => hash);
    const seen = times(shown).map((instruction, at) => ({ instruction, hash: hashes[at], file: files[at] }));
    expect(seen).toHaveLength(6);
    const [first, second, backAtFirst, start, firstAgain, secondAgain] = seen;
    expect(first.file).not.toBe(before);
    expect(second.file).not.toBe(first.file);
    expect(backAtFirst).toEqual(first);
    expect([start.instruction, start.file]).toEqual([0, before]);
    expect([firstAgain, secondAgain]).toEqual([first, second]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/firs\n?$/);
    // The debugger left with both written, and both stay.
    const content = readFileSync(disk);
    expect(content.toString("latin1", 3 * 512, 3 * 512 + 6)).toBe("first\n");
    expect(content.toString("latin1", 1000 * 512, 1000 * 512 + 7)).toBe("second\n");
  });

  it("steps through a function in few requests, and back to where it came from", async () => {
    const { shown, code } = await debug([
      "hbreak *start_kernel",
      "continue",
      "delete",
      "break kernel_clone",
      "continue",
      "delete",
      "monitor time",
      "set debug remote 1",
      // No line information: a step goes on until the function is left, over what it calls.
      "next",
      "set debug remote 0",
      "monitor time",
      "backtrace 1",
      "reverse-finish",
      "monitor time",
      "detach",
    ]);
    const [before, after, back] = times(shown);
    const requests = [...shown.matchAll(/Sending packet: \$vCont;(\w)/g)].map(([, action]) => action);
    expect(back).toBeLessThan(before);
    expect(requests).toContain("r");
    expect(after - before).toBeGreaterThan(1000);
    expect(requests.length).toBeLessThan((after - before) / 20);
    expect(shown).toContain("Single stepping until exit from function kernel_clone");
    expect(code).toBe(0);
  });

  it("reads kernel memory by its virtual addresses, also while a process runs in user mode", async () => {
    const { shown } = await debug([
      "break vector_swi",
      "continue",
      "delete",
      // Where the process goes on when its system call is done.
      "tbreak *$lr",
      "continue",
      "p $cpsr & 0x1f",
      "x/s &linux_banner",
      "info registers ttbr0 far spsr",
      "kill",
    ]);
    const userMode = 0x10;
    expect(printed(shown)).toEqual([userMode]);
    expect(shown).toMatch(/<linux_banner>:\s+"Linux version 6\./);
    expect(shown).toMatch(/^ttbr0\s+0x[0-9a-f]+/m);
  });
});
