import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type CpioEntry, readCpio, writeCpio } from "../../src/guest/cpio.ts";
import { findTool } from "../../src/guest/tools.ts";

const MTIME_S = 1_700_000_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const entries: CpioEntry[] = [
  { kind: "file", path: "init", mode: 0o755, data: bytes("#!/bin/sh\n") },
  { kind: "directory", path: "dev", mode: 0o755 },
  { kind: "characterDevice", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
  { kind: "symlink", path: "bin/sh", mode: 0o777, target: "busybox" },
  { kind: "directory", path: "bin", mode: 0o755 },
  { kind: "file", path: "bin/busybox", mode: 0o4755, data: bytes("1234567") },
  { kind: "file", path: "empty", mode: 0o644, data: bytes("") },
  { kind: "file", path: "größe", mode: 0o644, data: bytes("x") },
];

describe("writeCpio", () => {
  it("writes what readCpio reads, sorted so that a folder comes before its content", () => {
    const paths = ["bin", "bin/busybox", "bin/sh", "dev", "dev/console", "empty", "größe", "init"];
    const sorted = paths.map((path) => entries.find((entry) => entry.path === path));
    expect(readCpio(writeCpio(entries, MTIME_S))).toEqual(sorted);
  });

  it("gives the same bytes for the same entries in another order", () => {
    expect(writeCpio([...entries].reverse(), MTIME_S)).toEqual(writeCpio(entries, MTIME_S));
  });

  it("lays out header, name and data as the kernel's buffer format says", () => {
    const archive = writeCpio([{ kind: "file", path: "ab", mode: 0o644, data: bytes("hello") }], 0x12345678);
    const text = Buffer.from(archive).toString("latin1");
    const fields = ["00000001", "000081a4", "00000000", "00000000", "00000001", "12345678", "00000005"];
    const rest = ["00000000", "00000000", "00000000", "00000000", "00000003", "00000000"];
    const header = `070701${[...fields, ...rest].join("")}`;
    expect(text.startsWith(`${header}ab\0\0\0\0hello\0\0\0${"070701"}`)).toBe(true);
    expect(archive.length % 4).toBe(0);
  });

  it("counts inode numbers from 1", () => {
    const text = Buffer.from(writeCpio(entries, MTIME_S)).toString("latin1");
    const inodes = [...text.matchAll(/070701([0-9a-f]{8})/g)].map((match) => Number.parseInt(match[1], 16));
    expect(inodes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0]);
  });

  for (const path of ["/etc/passwd", "etc//passwd", "../etc", "./etc", "", "TRAILER!!!", "a\0b"]) {
    it(`refuses the path ${JSON.stringify(path)}`, () => {
      const entry: CpioEntry = { kind: "directory", path, mode: 0o755 };
      expect(() => writeCpio([entry], 0)).toThrow(expect.objectContaining({ code: "cpio-path-invalid" }));
    });
  }

  it("refuses one path twice", () => {
    const twice: CpioEntry[] = [entries[0], { kind: "directory", path: "init", mode: 0o755 }];
    expect(() => writeCpio(twice, 0)).toThrow(expect.objectContaining({ code: "cpio-path-invalid" }));
  });

  it.skipIf(findTool("cpio", process.env.PATH ?? "") === undefined)("is understood by the cpio program", () => {
    const run = spawnSync("cpio", ["--list", "--verbose", "--numeric-uid-gid"], {
      input: writeCpio(entries, MTIME_S),
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    expect(run.status).toBe(0);
    const lines = run.stdout.toString("utf8").trim().split("\n");
    expect(lines).toHaveLength(entries.length);
    expect(lines[1]).toMatch(/^-rwsr-xr-x +1 0 +0 +7 .* bin\/busybox$/);
    expect(lines[2]).toMatch(/^lrwxrwxrwx .* bin\/sh -> busybox$/);
    expect(lines[4]).toMatch(/^crw------- .* 5, +1 .* dev\/console$/);
  });
});

describe("readCpio", () => {
  it("says where an archive is cut off", () => {
    const archive = writeCpio(entries, MTIME_S);
    for (const length of [0, 50, 111, 300, archive.length - 8]) {
      const cut = archive.subarray(0, length);
      expect(() => readCpio(cut), `${length} bytes`).toThrow(expect.objectContaining({ code: "cpio-invalid" }));
    }
  });

  it("refuses another format", () => {
    const other = bytes("070707".padEnd(200, "0"));
    expect(() => readCpio(other)).toThrow(/no "newc" header at byte 0/);
  });
});
