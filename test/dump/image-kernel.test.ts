import { describe, expect, it } from "vitest";
import { openImage } from "../../src/dump/index.ts";
import { givenCore } from "../debuginfo/given-core.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { givenLime } from "./given-lime.ts";

const { image } = new SyntheticKernel();
const PHYSICAL = 0x60000000;
const high = new SyntheticKernel({ physOffset: PHYSICAL }).image;

describe("openImage", () => {
  it("opens raw memory, LiME and cores, wherever memory begins", () => {
    for (const [file, format] of [
      [image, "raw"],
      [givenLime([{ address: 0, bytes: image }]), "LiME"],
      [givenCore([{ address: PHYSICAL, bytes: high }]), "ELF core"],
    ] as const) {
      const opened = openImage(file);
      expect([opened.format, opened.kernel.walkTasks().tasks.length > 3]).toEqual([format, true]);
    }
    expect(openImage(high, { baseAddress: PHYSICAL, cpu: "arm926" }).kernel.map.physOffset).toBe(PHYSICAL);
  });

  const refused = (file: Uint8Array, options = {}): { code: string; hint?: string } => {
    try {
      openImage(file, options);
    } catch (error) {
      return error as { code: string; hint?: string };
    }
    throw new Error("it was opened");
  };

  it("says that memory is cut off, by what the kernel itself maps", () => {
    expect(refused(image.slice(0, 3 << 20))).toMatchObject({
      code: "image-truncated",
      message: expect.stringContaining("4 MiB"),
    });
    expect(refused(image.slice(0, 0xf000))).toMatchObject({ code: "image-truncated" });
  });

  it("says that it is zeros, encrypted, big-endian, or of a CPU it does not know", () => {
    let seed = 1;
    const dice = Uint8Array.from({ length: 1 << 18 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed >>> 24;
    });
    expect(refused(new Uint8Array(1 << 20)).code).toBe("image-empty");
    expect(refused(dice).code).toBe("image-encrypted");
    expect(refused(image, { cpu: "z80" }).code).toBe("image-cpu-unknown");
    const swapped = image.slice();
    Buffer.from(swapped.buffer).swap32();
    expect(refused(swapped)).toMatchObject({
      code: "image-cpu-mismatch",
      message: expect.stringContaining("big-endian"),
    });
    const nothing = new Uint8Array(1 << 20).fill(0x55);
    expect(refused(nothing).code).toBe("kernel-not-found");
  });
});
