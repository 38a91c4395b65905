import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCpio } from "../../src/guest/cpio.ts";
import { initramfs, READY_LINE, rootFileSystem } from "../../src/guest/root-file-system.ts";

const parts = { busybox: new Uint8Array(70_000).fill(7), init: new TextEncoder().encode("#!/bin/busybox sh\n") };

describe("initramfs", () => {
  it("is a gzip file that holds the root file system, the same bytes each time", () => {
    const archive = initramfs(parts, 1_700_000_000);
    const paths = readCpio(new Uint8Array(gunzipSync(archive))).map((entry) => entry.path);
    expect(paths).toEqual(
      rootFileSystem(parts)
        .map((entry) => entry.path)
        .sort(),
    );
    expect(initramfs(parts, 1_700_000_000)).toEqual(archive);
  });

  it("says nothing of the time and machine it was made on in the gzip header", () => {
    expect([...initramfs(parts, 1).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  });
});

describe("rootFileSystem", () => {
  it("has a folder for each file's parent", () => {
    const entries = rootFileSystem(parts);
    const folders = new Set(entries.filter((entry) => entry.kind === "directory").map((entry) => entry.path));
    const parents = entries.filter((entry) => entry.path.includes("/")).map((e) => e.path.replace(/\/[^/]*$/, ""));
    expect(parents.filter((parent) => !folders.has(parent))).toEqual([]);
  });

  it("prints the ready line after init's set-up and keeps a shell on the first serial port", () => {
    const inittab = rootFileSystem(parts).find((entry) => entry.path === "etc/inittab");
    const text = inittab?.kind === "file" ? new TextDecoder().decode(inittab.data) : "";
    expect(text.split("\n")).toContain(`::sysinit:/bin/echo "${READY_LINE}"`);
    expect(text).toContain("ttyAMA0::respawn:-/bin/sh");
  });
});
