import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { formatOfContent, identifyKernel, unpackKernel } from "../../src/board/kernel-image.ts";
import { fromBase64, gzip, makeCpio, makeDtb, makeZImage, packedSamples, sampleProgram } from "./samples.ts";

const image = sampleProgram(3000);
const limitBytes = 1e6;

function errorOf(action: () => unknown): HvError {
  try {
    action();
  } catch (error) {
    if (error instanceof HvError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

/** The Image out of a zImage file. */
function unpackFile(data: Uint8Array): { image: Uint8Array; format: string } | undefined {
  const kernel = identifyKernel(data);
  if (kernel.kind !== "zImage") throw new Error("expected a zImage");
  return unpackKernel(kernel, limitBytes);
}

describe("identifyKernel", () => {
  it("tells a zImage, with the sizes in its table, from a raw Image", () => {
    const zImage = identifyKernel(makeZImage(image, gzip(image), { bssBytes: 0x2345 }));
    expect(zImage).toMatchObject({ kind: "zImage", inner: { sizeBytes: 3000, bssBytes: 0x2345 } });
    expect(identifyKernel(makeZImage(image, gzip(image), { hasTable: false }))).toMatchObject({ inner: undefined });
    expect(identifyKernel(image)).toEqual({ kind: "Image", data: image });
  });

  it.each([
    ["an empty file", new Uint8Array(0), "found an empty file"],
    ["an ELF file", Buffer.from("\x7fELF\x01\x01\x01\0\0\0\0\0", "latin1"), "found an ELF file"],
    ["text", Buffer.from("#!/bin/sh\necho hello, this is no kernel at all\n"), 'found text ("#!/bin/sh")'],
    ["gzip", gzip(image), "found gzip data"],
    ["a device tree", makeDtb(), "found a device tree"],
    ["an archive", makeCpio("init", image), "found a cpio archive"],
    ["a uImage", Uint8Array.of(0x27, 0x05, 0x19, 0x56, 0, 0, 0, 0), "found a U-Boot image (uImage)"],
    [
      "noise",
      Uint8Array.from({ length: 100 }, (_, i) => (i * 77 + 130) & 0xff),
      "do not begin with ARM instructions (82cf",
    ],
    ["zeros", new Uint8Array(4096), "do not begin with ARM instructions (0000000000000000...)"],
  ])("says what it found when it is %s", (_, data, message) => {
    const error = errorOf(() => identifyKernel(new Uint8Array(data)));
    expect(error.code).toBe("kernel-invalid");
    expect(error.message).toContain("expected an ARM Linux zImage or Image");
    expect(error.message).toContain(message);
    expect(error.hint).toBeDefined();
  });

  it("names kernels of other architectures and byte orders", () => {
    const bigEndian = makeZImage(image, gzip(image));
    new DataView(bigEndian.buffer).setUint32(0x24, 0x016f2818);
    expect(errorOf(() => identifyKernel(bigEndian)).message).toContain("a zImage for big-endian ARM");
    const arm64 = new Uint8Array(64);
    arm64.set(Buffer.from("ARM\x64"), 0x38);
    expect(errorOf(() => identifyKernel(arm64)).message).toContain("a kernel for 64-bit ARM");
  });

  it("finds out that a zImage was cut, wherever it was cut", () => {
    const whole = makeZImage(image, gzip(image));
    for (const size of [0x28, 0x40, 200, whole.length - 1]) {
      const error = errorOf(() => identifyKernel(whole.subarray(0, size)));
      expect(error.code).toBe("kernel-truncated");
      expect(error.facts.foundBytes).toBe(size);
    }
  });
});

describe("unpackKernel", () => {
  it.each([
    ["gzip", gzip(image)],
    ["xz", fromBase64(packedSamples.xzArm)],
    ["lz4", fromBase64(packedSamples.lz4)],
    ["lzma", fromBase64(packedSamples.lzma)],
  ])("unpacks %s, with and without a table", (format, payload) => {
    const unpacked = unpackFile(makeZImage(image, payload));
    expect(unpacked?.format).toBe(format);
    expect(Buffer.from(unpacked?.image ?? []).equals(image)).toBe(true);
    if (format === "gzip" || format === "xz") {
      expect(unpackFile(makeZImage(image, payload, { hasTable: false }))?.image).toHaveLength(3000);
    }
  });

  it("is not misled by a magic number in front of the payload", () => {
    const payload = new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, ...fromBase64(packedSamples.xzArm)]);
    expect(unpackFile(makeZImage(image, gzip(image)))?.format).toBe("gzip");
    const data = makeZImage(image, fromBase64(packedSamples.xzArm));
    data.set(payload.subarray(0, 8), 0x48);
    expect(unpackFile(data)?.format).toBe("xz");
  });

  it("says that the payload is damaged, and where it was", () => {
    const data = makeZImage(image, gzip(image));
    data[0x80 + 500] ^= 0xff;
    const error = errorOf(() => unpackFile(data));
    expect(error.code).toBe("kernel-damaged");
    expect(error.message).toContain("gzip data at offset 0x80");
  });

  it("goes by the size in the table", () => {
    const data = makeZImage(image, fromBase64(packedSamples.xzArm));
    const view = new DataView(data.buffer);
    view.setUint32(view.getUint32(0x60 + 8, true), 2999, true);
    expect(errorOf(() => unpackFile(data)).message).toContain("3000 bytes instead of 2999");
  });

  it("has no answer for a format that only the zImage itself unpacks", () => {
    expect(unpackFile(makeZImage(image, Uint8Array.of(0x89, 0x4c, 0x5a, 0x4f, 1, 2, 3, 4)))).toBeUndefined();
  });
});

describe("formatOfContent", () => {
  const zImageOf = (data: Uint8Array) => {
    const kernel = identifyKernel(data);
    if (kernel.kind !== "zImage") throw new Error("expected a zImage");
    return kernel;
  };

  it("knows the Image of a zImage by the checksum of its payload, and no other", () => {
    const kernel = zImageOf(makeZImage(image, gzip(image)));
    expect(formatOfContent(kernel, image)).toBe("gzip");
    const changed = Uint8Array.from(image);
    changed[2_999] ^= 1;
    expect(formatOfContent(kernel, changed)).toBeUndefined();
    expect(formatOfContent(kernel, image.subarray(0, 2_999))).toBeUndefined();
  });

  it("knows it by the check of an xz stream too", () => {
    const packed = fromBase64(packedSamples.xzArm);
    const content = unpackFile(makeZImage(image, packed))?.image ?? new Uint8Array();
    const kernel = zImageOf(makeZImage(content, packed));
    expect(formatOfContent(kernel, content)).toBe("xz");
    const changed = Uint8Array.from(content);
    changed[7] ^= 1;
    expect(formatOfContent(kernel, changed)).toBeUndefined();
    // A footer that points out of the stream tells nothing.
    for (let at = packed.length - 12; at < packed.length; at++) {
      const damaged = Uint8Array.from(packed);
      damaged[at] ^= 0x55;
      expect(() => formatOfContent(zImageOf(makeZImage(content, damaged)), content)).not.toThrow();
    }
  });

  it("knows nothing of zImages without a table, or packed otherwise", () => {
    expect(formatOfContent(zImageOf(makeZImage(image, gzip(image), { hasTable: false })), image)).toBeUndefined();
    expect(formatOfContent(zImageOf(makeZImage(image, fromBase64(packedSamples.lz4))), image)).toBeUndefined();
  });
});
