import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Images, Profile } from "../../src/board/index.ts";
import { checkpointKey, programDigest } from "../../src/main/checkpoint-key.ts";
import { versatile } from "../vm/machine-bench.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images: Images = {
  kernel: Uint8Array.of(1, 2, 3),
  deviceTree: Uint8Array.of(4),
  initrd: Uint8Array.of(5, 6),
  overlays: [],
};
const profile = versatile();
const keyOf = (
  changes: { profile?: Profile; images?: Partial<Images>; disk?: string; program?: string } = {},
): string =>
  checkpointKey({
    profile: changes.profile ?? profile,
    images: { ...images, ...changes.images },
    disk: changes.disk,
    program: changes.program ?? "p",
  });

describe("the key of a checkpoint", () => {
  it("is the same for the same inputs, wherever the images lie", () => {
    const elsewhere = { ...profile.boot.images, kernel: "/somewhere/else/zImage" };
    const moved = { ...profile, boot: { ...profile.boot, images: elsewhere } };
    expect(keyOf()).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf({ profile: moved, images: { kernel: Uint8Array.of(1, 2, 3) } })).toBe(keyOf());
  });

  it("is another one for every input that the guest could see", () => {
    const withBoot = (boot: Partial<Profile["boot"]>): Profile => ({ ...profile, boot: { ...profile.boot, ...boot } });
    const keys = [
      keyOf(),
      keyOf({ images: { kernel: Uint8Array.of(1, 2, 4) } }),
      keyOf({ images: { deviceTree: Uint8Array.of(5) } }),
      keyOf({ images: { initrd: Uint8Array.of(5, 7) } }),
      keyOf({ images: { initrd: undefined } }),
      keyOf({ images: { initrd: new Uint8Array() } }),
      keyOf({ images: { overlays: [Uint8Array.of(9)] } }),
      // The same bytes in other places.
      keyOf({ images: { kernel: images.deviceTree, deviceTree: images.kernel } }),
      keyOf({ profile: withBoot({ commandLine: `${profile.boot.commandLine} quiet` }) }),
      keyOf({ profile: withBoot({ shellPrompt: "# $" }) }),
      keyOf({ profile: { ...profile, host: { ...profile.host, ramSizeBytes: 2 * profile.host.ramSizeBytes } } }),
      keyOf({ profile: { ...profile, cpu: { ...profile.cpu, nsPerInstruction: 7 } } }),
      keyOf({ disk: "a digest" }),
      keyOf({ disk: "another digest" }),
      keyOf({ program: "another build" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the digest of the program", () => {
  it("covers the bundle and the files of its kind beside it", () => {
    const path = join(folder, "program.js");
    const digest = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return programDigest(path);
    };
    const first = digest("program.js", "one");
    expect(digest("program.js.map", "not the program")).toBe(first);
    const second = digest("program.js", "two");
    const third = digest("chunk.js", "three");
    expect(new Set([first, second, third]).size).toBe(3);
    expect(digest("program.js", "two")).toBe(third);
  });

  it("covers the whole source where the program runs from that", () => {
    const source = join(folder, "src");
    for (const name of ["main", "vm"]) mkdirSync(join(source, name), { recursive: true });
    writeFileSync(join(source, "main/program.ts"), "main");
    writeFileSync(join(source, "vm/machine.ts"), "one");
    const first = programDigest(join(source, "main/program.ts"));
    writeFileSync(join(source, "vm/machine.ts"), "two");
    expect(programDigest(join(source, "main/program.ts"))).not.toBe(first);
  });
});
