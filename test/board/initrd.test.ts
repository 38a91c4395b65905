import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { prepareInitrd } from "../../src/board/initrd.ts";
import { gzip, makeCpio, sampleProgram } from "./samples.ts";

const archive = makeCpio("init", sampleProgram(5000));
const prepare = (data: Uint8Array, { faithful = false, limitBytes = 1e6 } = {}) =>
  prepareInitrd(data, limitBytes, faithful);

function errorOf(data: Uint8Array, limitBytes?: number): HvError {
  try {
    prepare(data, { limitBytes });
  } catch (error) {
    if (error instanceof HvError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

describe("prepareInitrd", () => {
  it("unpacks on the host, and leaves a plain archive as it is", () => {
    expect(Buffer.from(prepare(gzip(archive)).content).equals(archive)).toBe(true);
    expect(prepare(gzip(archive)).note).toBe(`initrd: cpio, unpacked from gzip, ${archive.length} bytes`);
    expect(prepare(archive).content).toBe(archive);
  });

  it("leaves the unpacking to the guest when it is to be faithful, and still finds damage", () => {
    const packed = gzip(archive);
    expect(prepare(packed, { faithful: true }).content).toBe(packed);
    expect(() => prepare(packed.subarray(0, 1000), { faithful: true })).toThrow(HvError);
  });

  it("leaves it to the guest when there is more than one archive, or a format of its own", () => {
    const two = new Uint8Array([...gzip(archive), ...archive]);
    expect(prepare(two).content).toBe(two);
    const bzip2 = new Uint8Array(Buffer.from("BZh91AY&SY rest"));
    expect(prepare(bzip2)).toEqual({ content: bzip2, note: "initrd: bzip2, 15 bytes, left to the guest to unpack" });
  });

  it("takes padding behind the packed archive for what it is", () => {
    const padded = new Uint8Array(gzip(archive).length + 512);
    padded.set(gzip(archive));
    expect(prepare(padded).content).toHaveLength(archive.length);
  });

  it("finds out that it was cut: packed, or plain at any length", () => {
    const packed = gzip(archive);
    expect(errorOf(packed.subarray(0, packed.length - 20)).code).toBe("initrd-truncated");
    for (const size of [60, 120, 3000, 5200, archive.length - 60]) {
      expect(errorOf(archive.subarray(0, size)), `${size}`).toMatchObject({ code: "initrd-truncated" });
    }
  });

  it("takes a disk image", () => {
    const disk = new Uint8Array(4096);
    disk.set([0x53, 0xef], 0x438);
    expect(prepare(disk).note).toBe("initrd: ext2 image, 4096 bytes");
  });

  it.each([
    ["an empty file", new Uint8Array(0), "found an empty file"],
    ["text", new TextEncoder().encode("hello world, no disk"), 'found "hello world, no " at its start'],
    ["packed text", gzip(new TextEncoder().encode("hello")), 'found "hello" at its start'],
  ])("says what it found when it is %s", (_, data, message) => {
    const error = errorOf(data);
    expect(error.code).toBe("initrd-invalid");
    expect(error.message).toContain(message);
  });

  it("refuses an archive with a bad header and content past its limit", () => {
    const broken = archive.slice();
    broken.set(Buffer.from("zzzzzzzz"), 6 + 6 * 8);
    expect(errorOf(broken).message).toContain("expected hexadecimal sizes in entry 0 at offset 0");
    const noise = archive.slice();
    noise.set(Buffer.from("070799"), 110 + 6 + 5000);
    expect(errorOf(noise).message).toContain("expected the cpio header of entry 1 at offset 5116");
    expect(errorOf(gzip(new Uint8Array(100_000)), 5000).message).toContain("unpacks to at most 5000 bytes");
  });
});
