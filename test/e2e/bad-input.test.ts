/** What a user gets who hands in something wrong: a message in words with a stable code, and the documented exit code. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BOARD, exec, guestFolder, komainu, Scratch } from "./program.ts";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const profileText = readFileSync(`boards/${BOARD}.json`, "utf8");

/** A profile file with the board's text after `change`. */
function givenProfile(name: string, change: (text: string) => string): string {
  const path = scratch.path(name);
  const text = change(profileText);
  expect(text).not.toBe(profileText);
  writeFileSync(path, text);
  return path;
}

/** Line and column, from 1, where `part` begins. */
function placeOf(path: string, part: string): string {
  const before = readFileSync(path, "utf8").split(part)[0].split("\n");
  return `${path}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

/** A kernel of raw ARM instructions: it starts at its first word. */
function givenKernel(name: string, words: readonly number[], sizeBytes = words.length * 4): string {
  const image = Buffer.alloc(Math.max(sizeBytes, words.length * 4));
  for (const [index, word] of words.entries()) image.writeUInt32LE(word >>> 0, index * 4);
  writeFileSync(scratch.path(name), image);
  return scratch.path(name);
}

const NOP = 0xe1a00000;
const filler = [NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP];

describe("a board that is wrong", () => {
  it("is unknown by name", async () => {
    const { code, stderr } = await komainu(["exec", "versatilepc", "ids plist"]);
    expect(stderr).toMatch(/"versatilepc".*\[board-unknown\]/);
    expect(stderr).toContain(BOARD);
    expect(code).toBe(2);
  });

  it("has a syntax error, told with line and column", async () => {
    const path = givenProfile("syntax.json", (text) => text.replace(`"cpu": {`, `"cpu" {`));
    const { code, stderr } = await komainu(["exec", path, "ids plist"]);
    expect(stderr).toContain(`${placeOf(path, `"cpu" {`).replace(/\d+$/, "")}`);
    expect(stderr).toMatch(/:\d+:\d+: expected ":" .*\[profile-syntax\]/);
    expect(code).toBe(2);
  });

  it("has two devices in one place, both named, with line and column", async () => {
    const path = givenProfile("overlap.json", (text) => text.replace(`"0x101f2000"`, `"0x101f1800"`));
    const { code, stderr } = await komainu(["exec", path, "ids plist"]);
    expect(stderr).toMatch(/uart0/);
    expect(stderr).toMatch(/uart1/);
    expect(stderr).toMatch(/\[profile-overlap\]/);
    const [, line] = /overlap\.json:(\d+):\d+/.exec(stderr) ?? [];
    expect(readFileSync(path, "utf8").split("\n")[Number(line) - 1]).toMatch(/uart[01]/);
    expect(code).toBe(2);
  });
});

describe("an image that is wrong", () => {
  it.each([
    ["--kernel", "image-missing"],
    ["--dtb", "image-missing"],
    ["--initrd", "image-missing"],
  ])("is not there: %s", async (option, expected) => {
    const { code, stderr } = await exec(option, scratch.path("nowhere"), "ids plist");
    expect(stderr).toContain(scratch.path("nowhere"));
    expect(stderr).toContain(`[${expected}]`);
    expect(code).toBe(3);
  });

  it.each([
    ["--kernel", "zImage", "kernel-truncated"],
    ["--dtb", "versatile-pb.dtb", "fdt-truncated"],
  ])("is cut off: %s", async (option, name, expected) => {
    const path = scratch.path(`short-${name}`);
    copyFileSync(join(guestFolder(), name), path);
    truncateSync(path, 4000);
    const { code, stderr } = await exec(option, path, "ids plist");
    expect(stderr).toMatch(
      new RegExp(`expected \\d+ bytes.*found 4000 .*\\[${expected}\\]|found 4000.*\\[${expected}\\]`),
    );
    expect(code).toBe(2);
  });

  it.each([
    ["--kernel", "kernel-invalid"],
    ["--dtb", "fdt-invalid"],
  ])("is a text file: %s", async (option, expected) => {
    const { code, stderr } = await exec(option, "package.json", "ids plist");
    expect(stderr).toMatch(new RegExp(`expected .*found .*\\[${expected}\\]`));
    expect(code).toBe(2);
  });

  it("is larger than the guest's memory", async () => {
    const small = givenProfile("small.json", (text) => text.replace(`"memory": "96M"`, `"memory": "16M"`));
    const { code, stderr } = await komainu([
      "exec",
      small,
      "--kernel",
      givenKernel("large.bin", filler, 17 << 20),
      "help",
    ]);
    expect(stderr).toMatch(/kernel: expected at most \d+ bytes .*found \d{8} \[image-too-large\]/);
    expect(code).toBe(2);
  });

  it("is a snapshot that was changed by one bit, or is none", async () => {
    const path = scratch.path("changed.snap");
    expect((await exec("--save", path, "--save-at", "1000", "--run-to", "1000")).code).toBe(0);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
    for (const bad of [path, "package.json"]) {
      const { code, stderr } = await exec("--restore", bad, "ids plist");
      expect(stderr).toContain("[snapshot-invalid]");
      expect(code).toBe(2);
    }
  });
});

describe("a command that is wrong", () => {
  it("is unknown to the console, and a similar one is named before anything boots", async () => {
    const { code, stdout, stderr } = await exec("idz plist");
    expect(stderr).toMatch(/"idz" \[console-command-unknown\]\n.*ids/);
    expect([code, stdout]).toEqual([2, ""]);
  });

  it("fails at the console with its own code; the ones after it still run", async () => {
    const { code, stdout } = await exec("--json", "ids nothing", "version");
    const codes = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).code);
    expect([codes[0] === 0, codes[1]]).toEqual([false, 0]);
    expect(code).toBe(1);
  });

  it("is an unknown option", async () => {
    const { code, stderr } = await exec("--clok", "virtual", "ids plist");
    expect(stderr).toContain("--clok");
    expect(code).toBe(2);
  });
});

describe("a guest that goes wrong", () => {
  const noRoot = ["--append", "rdinit=/nonexistent root=/dev/none"];

  it("panics: the kernel's own line is quoted", async () => {
    const { code, stderr } = await exec(...noRoot, "ids plist");
    expect(stderr).toMatch(/the guest's kernel panicked .*: Kernel panic - not syncing: .*root fs/);
    expect(stderr).toContain("[guest-panicked]");
    expect(code).toBe(1);
  });

  it("panics while the console is in use: the console stays usable", async () => {
    const input = "guest kick guest0\rsleep msecs 600\rvserial dump guest0/uart0\rids banner\rvcpu list\rshutdown\r";
    const { code, stdout } = await komainu(["run", BOARD, "--clock", "virtual", ...noRoot], { input });
    expect(stdout).toContain("end Kernel panic - not syncing");
    expect(stdout).toMatch(/^Linux version/m);
    expect(stdout).toMatch(/guest0\/vcpu0/);
    expect(stdout).toContain("Issuing System Shutdown");
    expect(code).toBe(0);
  });

  it("halts with interrupts off", async () => {
    const kernel = givenKernel("halt.bin", [...filler, 0xeafffffe]); // b .
    const { code, stderr } = await exec("--kernel", kernel, "ids plist");
    expect(stderr).toMatch(/guest0\/vcpu0: halted itself: branches to itself at 0x00008020 with interrupts disabled/);
    expect(stderr).toContain("[guest-stopped]");
    expect(code).toBe(1);
  });

  it("waits for an interrupt that cannot come", async () => {
    const kernel = givenKernel("wait.bin", [...filler, 0xee070f90, 0xeafffffd]); // mcr p15, 0, r0, c7, c0, 4; b .-4
    const { code, stderr } = await exec("--kernel", kernel, "ids plist");
    expect(stderr).toMatch(/the guest waits for ever .*\[guest-stopped\]/s);
    expect(code).toBe(1);
  });

  it("jumps into nothing, with its vectors there too", async () => {
    const kernel = givenKernel("nowhere.bin", [
      ...filler,
      0xee110f10, // mrc p15, 0, r0, c1, c0, 0
      0xe3800a02, // orr r0, r0, #0x2000       high vectors
      0xee010f10, // mcr p15, 0, r0, c1, c0, 0
      0xe3a0f205, // mov pc, #0x50000000
    ]);
    const { code, stderr } = await exec("--kernel", kernel, "ids plist");
    expect(stderr).toMatch(/guest0\/vcpu0: aborts at every instruction: .*0xFFFF000C/);
    expect(stderr).toContain("[guest-stopped]");
    expect(code).toBe(1);
  });

  it("jumps into nothing and comes back through zeros in its vectors: it is told where, and the time limit ends it", async () => {
    const kernel = givenKernel("zeros.bin", [...filler, 0xe3a0f205]); // mov pc, #0x50000000
    const { code, stderr } = await exec("--kernel", kernel, "--timeout", "0.05", "ids plist");
    expect(stderr).toMatch(/guest0: jumped to 0x50000000, where the board has no memory/);
    expect(stderr).toContain("[guest-not-ready]");
    expect(code).toBe(42);
  });
});
