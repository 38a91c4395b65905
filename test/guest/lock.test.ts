import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isLocked, takeLock } from "../../src/guest/lock.ts";
import { givenFolder } from "./fake-tools.ts";

const givenLockPath = (): string => join(givenFolder(), "deep", "build.lock");

/** A PID that was in use a moment ago and is not any more. */
const deadPid = (): number => spawnSync("true").pid;

describe("takeLock", () => {
  it("refuses a second holder, and allows it when the first has given it back", () => {
    const path = givenLockPath();
    const release = takeLock(path);
    expect(isLocked(path)).toBe(true);
    expect(() => takeLock(path)).toThrow(
      expect.objectContaining({ code: "guest-build-busy", facts: { lockPath: path, pid: process.pid }, exitCode: 3 }),
    );
    release();
    expect(existsSync(path)).toBe(false);
    takeLock(path)();
  });

  it("takes over from a process that is gone, and leaves nothing beside the lock", () => {
    const path = givenLockPath();
    takeLock(path)();
    writeFileSync(path, `${deadPid()} 12345\n`);
    expect(isLocked(path)).toBe(false);
    const release = takeLock(path);
    expect(readFileSync(path, "utf8")).toMatch(new RegExp(`^${process.pid} `));
    expect(readdirSync(join(path, ".."))).toEqual(["build.lock"]);
    release();
  });

  it.skipIf(!existsSync("/proc/self/stat"))("takes over when another process has got the same PID since", () => {
    const path = givenLockPath();
    takeLock(path)();
    writeFileSync(path, `${process.pid} 1\n`);
    expect(isLocked(path)).toBe(false);
    takeLock(path)();
  });

  it("takes over from a lock file that was cut off while it was written", () => {
    const path = givenLockPath();
    takeLock(path)();
    writeFileSync(path, "");
    takeLock(path)();
    expect(existsSync(path)).toBe(false);
  });
});
