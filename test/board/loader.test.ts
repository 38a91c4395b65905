import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import {
  type BootOptions,
  childNamed,
  fdtCells,
  fdtStrings,
  loopsPerJiffy,
  overlayOf,
  prepareBoot,
  readFdt,
  readStrings,
  type Segment,
  textOf,
  writeFdt,
} from "../../src/board/index.ts";
import { gzip, makeCpio, makeDtb, makeZImage, sampleProgram, versatilepb } from "./samples.ts";

const image = sampleProgram(300_000);
const archive = makeCpio("init", sampleProgram(5000));
const options: BootOptions = {
  profile: versatilepb(),
  kernel: makeZImage(image, gzip(image)),
  deviceTree: makeDtb(),
  initrd: gzip(archive),
};

const codeOf = (changes: Partial<BootOptions>): string => {
  try {
    prepareBoot({ ...options, ...changes });
  } catch (error) {
    if (error instanceof HvError) return error.code;
    throw error;
  }
  return "";
};
const named = (segments: readonly Segment[], name: string): Segment => {
  const segment = segments.find((other) => other.name === name);
  if (segment === undefined) throw new Error(`no segment ${name}`);
  return segment;
};

describe("prepareBoot", () => {
  it("unpacks kernel and initrd and starts the kernel at its own place", () => {
    const { segments, entry, notes } = prepareBoot(options);
    expect(Buffer.from(named(segments, "kernel").data).equals(image)).toBe(true);
    expect(Buffer.from(named(segments, "initrd").data).equals(archive)).toBe(true);
    expect(named(segments, "kernel").address).toBe(0x8000);
    expect(entry).toEqual({ pc: 0x8000, r0: 0, r1: 387, r2: named(segments, "device tree").address });
    expect(notes).toEqual([
      "kernel: zImage, unpacked from gzip, 300000 bytes",
      `initrd: cpio, unpacked from gzip, ${archive.length} bytes`,
    ]);
  });

  it("tells the kernel in its device tree where the initrd is, and its command line", () => {
    const { segments, commandLine } = prepareBoot(options);
    const chosen = childNamed(readFdt(named(segments, "device tree").data).root, "chosen");
    const initrd = named(segments, "initrd");
    const view = (property: string): number =>
      Buffer.from(chosen?.properties.get(property) ?? new Uint8Array(4)).readUInt32BE();
    expect(view("linux,initrd-start")).toBe(initrd.address);
    expect(view("linux,initrd-end")).toBe(initrd.address + initrd.data.length);
    expect(textOf(chosen ?? { name: "", properties: new Map(), children: [] }, "bootargs")).toBe(commandLine);
    expect(readStrings(chosen?.properties.get("bootargs") ?? new Uint8Array(0))).toHaveLength(1);
  });

  it("keeps everything out of the memory that is the firmware's", () => {
    const { profile } = options;
    const limited = { ...profile, boot: { ...profile.boot, memorySizeBytes: 32 * 2 ** 20 } };
    const { segments } = prepareBoot({ ...options, profile: limited });
    for (const { address, data } of segments) expect(address + data.length).toBeLessThanOrEqual(32 * 2 ** 20);
    const memory = childNamed(readFdt(named(segments, "device tree").data).root, "memory");
    expect(memory?.properties.get("reg")).toEqual(fdtCells(0, 32 * 2 ** 20));
    expect(codeOf({ profile: { ...profile, boot: { ...profile.boot, memorySizeBytes: 4096 } } })).toBe(
      "image-too-large",
    );
  });

  it("merges overlays into the device tree, before its own changes", () => {
    const overlay = overlayOf("/chosen", []);
    overlay.root.children[0].children[0].properties.set("bootargs", fdtStrings("not these"));
    overlay.root.children[0].children[0].properties.set("own", fdtCells(5));
    const { segments, commandLine } = prepareBoot({ ...options, overlays: [writeFdt(overlay)] });
    const chosen = childNamed(readFdt(named(segments, "device tree").data).root, "chosen");
    expect(chosen?.properties.get("own")).toEqual(fdtCells(5));
    expect(chosen?.properties.get("bootargs")).toEqual(fdtStrings(commandLine));
    expect(codeOf({ overlays: [options.deviceTree] })).toBe("overlay-invalid");
  });

  it("adds the delay loop's count for the speed of the core, unless it is given", () => {
    expect(prepareBoot(options).commandLine).toMatch(/ lpj=1000000$/);
    expect(prepareBoot({ ...options, nsPerInstruction: 10 }).commandLine).toMatch(/ lpj=500000$/);
    expect(prepareBoot({ ...options, commandLine: "quiet lpj=7" }).commandLine).toBe("quiet lpj=7");
    expect(prepareBoot({ ...options, commandLine: "" }).commandLine).toBe("lpj=1000000");
    expect(prepareBoot({ ...options, commandLine: "quiet -- single" }).commandLine).toBe("quiet lpj=1000000 -- single");
  });

  it("starts the zImage itself when it is to be faithful, with the packed initrd and no lpj", () => {
    const { segments, entry, commandLine } = prepareBoot({ ...options, faithful: true });
    expect(named(segments, "kernel").data).toBe(options.kernel);
    expect(named(segments, "initrd").data).toBe(options.initrd);
    expect(entry.pc).toBe(named(segments, "kernel").address);
    expect(entry.pc).toBeGreaterThan(0x8000 + image.length);
    expect(commandLine).not.toContain("lpj=");
  });

  it("starts a zImage that only itself can unpack as it is, and says so", () => {
    const lzo = makeZImage(image, Uint8Array.of(0x89, 0x4c, 0x5a, 0x4f, 1, 2, 3, 4));
    const { segments, notes, entry } = prepareBoot({ ...options, kernel: lzo });
    expect(named(segments, "kernel").data).toBe(lzo);
    expect(entry.pc).toBe(named(segments, "kernel").address);
    expect(notes[0]).toContain("packed in a way only itself can unpack");
  });

  it("takes a raw Image, and boots without an initrd", () => {
    const { segments } = prepareBoot({ ...options, kernel: image, initrd: undefined });
    expect(segments.map(({ name }) => name)).toEqual(["kernel", "device tree"]);
  });

  it("keeps every segment inside the memory and apart from the others", () => {
    for (const faithful of [false, true]) {
      const segments = [...prepareBoot({ ...options, faithful }).segments].sort((a, b) => a.address - b.address);
      let end = 0x8000;
      for (const { address, data } of segments) {
        expect(address).toBeGreaterThanOrEqual(end);
        end = address + data.length;
      }
      expect(end).toBeLessThanOrEqual(96 * 2 ** 20);
    }
  });

  it("gives each bad input its own error", () => {
    expect(codeOf({ kernel: new Uint8Array(0) })).toBe("kernel-invalid");
    expect(codeOf({ kernel: options.kernel.subarray(0, 1000) })).toBe("kernel-truncated");
    expect(codeOf({ deviceTree: new TextEncoder().encode("/dts-v1/;") })).toBe("fdt-invalid");
    expect(codeOf({ deviceTree: makeDtb().subarray(0, 100) })).toBe("fdt-truncated");
    expect(codeOf({ initrd: gzip(archive).subarray(0, 500) })).toBe("initrd-truncated");
    expect(codeOf({ initrd: new TextEncoder().encode("no archive") })).toBe("initrd-invalid");
    expect(codeOf({ commandLine: "x".repeat(1020) })).toBe("command-line-invalid");
    expect(codeOf({ commandLine: "a\nb" })).toBe("command-line-invalid");
  });

  it("refuses images that are too large for the guest's memory, naming the sizes", () => {
    expect(codeOf({ profile: versatilepb(2 ** 18) })).toBe("image-too-large");
    expect(codeOf({ profile: versatilepb(2 ** 20), kernel: image })).toBe("image-too-large");
    expect(codeOf({ profile: versatilepb(2 ** 19), initrd: makeCpio("big", new Uint8Array(400_000)) })).toBe(
      "image-too-large",
    );
  });
});

describe("loopsPerJiffy", () => {
  it("is the instructions of one jiffy over the two of the loop", () => {
    expect(loopsPerJiffy(5, 100)).toBe(1_000_000);
    expect(loopsPerJiffy(1, 250)).toBe(2_000_000);
  });
});

/** Guests that `komainu guest build` left in the cache. */
const guests = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "komainu", "guests");
const cached = existsSync(guests)
  ? readdirSync(guests)
      .map((name) => join(guests, name))
      .find((folder) =>
        ["zImage", "Image", "versatile-pb.dtb", "initrd.cpio.gz"].every((file) => existsSync(join(folder, file))),
      )
  : undefined;

describe.skipIf(cached === undefined)("prepareBoot with the guest in the cache", () => {
  it("finds the very Image of the build inside the zImage, and every virtio slot gets a node", () => {
    const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(cached ?? "", name)));
    const { segments, notes } = prepareBoot({
      profile: versatilepb(),
      kernel: file("zImage"),
      deviceTree: file("versatile-pb.dtb"),
      initrd: file("initrd.cpio.gz"),
    });
    expect(Buffer.from(named(segments, "kernel").data).equals(file("Image"))).toBe(true);
    expect(notes).toHaveLength(2);
    const { root } = readFdt(named(segments, "device tree").data);
    expect(root.children.filter(({ name }) => name.startsWith("virtio_mmio@"))).toHaveLength(4);
  });
});

describe("a kernel that is there unpacked", () => {
  it("gives the same boot", () => {
    expect(prepareBoot({ ...options, unpackedKernel: Buffer.from(image) })).toEqual(prepareBoot(options));
  });

  it("is not used when it is another, or when the guest is to unpack its own", () => {
    const unpackedKernel = Uint8Array.from(image).fill(0, 100, 200);
    expect(prepareBoot({ ...options, unpackedKernel })).toEqual(prepareBoot(options));
    const faithful = { ...options, faithful: true };
    expect(prepareBoot({ ...faithful, unpackedKernel: image })).toEqual(prepareBoot(faithful));
  });
});
