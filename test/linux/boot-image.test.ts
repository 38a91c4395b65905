import { describe, expect, it } from "vitest";
import { openBootImage } from "../../src/linux/boot-image.ts";
import { CodeBench, TEXT } from "./code-bench.ts";

describe("openBootImage", () => {
  const bench = new CodeBench();
  const memory = bench.space.memory;
  const open = (bootImage?: () => { address: number; data: Uint8Array } | undefined) =>
    openBootImage({ memory, bootImage }, bench.map);

  it("has the words that were loaded, at the kernel's address, whatever alignment they come with", () => {
    const data = new Uint8Array(0x2001).subarray(1);
    data.set([1, 2, 3, 4], 8);
    const image = open(() => ({ address: 0x8000, data }));
    expect(image.known && [image.value.startAddress, image.value.words[2]]).toEqual([TEXT, 0x04030201]);
  });

  it.each([
    ["nothing is known of the boot", undefined],
    ["the image unpacks itself", () => undefined],
    ["the kernel lies elsewhere", () => ({ address: 0x208000, data: new Uint8Array(0x2000) })],
    ["it is too short for a kernel", () => ({ address: 0x8000, data: new Uint8Array(16) })],
  ])("cannot tell when %s", (_what, bootImage) => {
    expect(open(bootImage).known).toBe(false);
  });
});
