import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockHolder, lockPort } from "../../src/serial/lock-file.ts";

describe("a lock file of a serial device", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-lock-"));
    path = join(folder, "LCK..ttyUSB0");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made with our process id as UUCP has it, and goes", () => {
    const unlock = lockPort("/dev/ttyUSB0", folder);
    expect(readFileSync(path, "latin1")).toBe(`${String(process.pid).padStart(10)}\n`);
    unlock();
    expect(() => readFileSync(path)).toThrow();
  });

  it("of a program that runs is respected, and the program is named", () => {
    const other = spawn("sleep", ["60"]);
    try {
      writeFileSync(path, `${String(other.pid).padStart(10)}\n`);
      expect(() => lockPort("/dev/ttyUSB0", folder)).toThrow(
        expect.objectContaining({ code: "port-busy", message: expect.stringContaining(`sleep (pid ${other.pid})`) }),
      );
      const old = Buffer.alloc(4);
      old.writeInt32LE(other.pid ?? 0);
      writeFileSync(path, old);
      expect(lockHolder("/dev/ttyUSB0", folder)?.pid).toBe(other.pid);
    } finally {
      other.kill();
    }
  });

  it.each(["  99999999\n", "nonsense\n", "", "-1\n"])("that says %j is left behind, and replaced", (content) => {
    writeFileSync(path, content);
    const unlock = lockPort("/dev/ttyUSB0", folder);
    expect(readFileSync(path, "latin1")).toContain(String(process.pid));
    unlock();
  });

  it("that cannot be made is none", () => {
    expect(() => lockPort("/dev/ttyUSB0", join(folder, "none"))()).not.toThrow();
  });
});
