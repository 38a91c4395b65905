import { describe, expect, it } from "vitest";
import { loadBoard, qemuCommand, shellText } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";

const images = { kernel: "/g/zImage", deviceTree: "/g/a b.dtb", initrd: "/g/initrd", overlays: [] };
const profileOf = (name: string) => loadBoard(name, { models: deviceModels }).profile;

describe("the QEMU command of a board", () => {
  it("names machine, memory and images, and the kernel's command line as one word", () => {
    const { words } = qemuCommand(profileOf("versatilepb"), images);
    expect(words.slice(0, 5)).toEqual(["qemu-system-arm", "-M", "versatilepb", "-m", "96"]);
    expect(words[words.indexOf("-dtb") + 1]).toBe("/g/a b.dtb");
    expect(words[words.indexOf("-append") + 1]).toBe(profileOf("versatilepb").boot.commandLine);
  });

  it("says what QEMU's machine has not, or has otherwise", () => {
    expect(qemuCommand(profileOf("versatilepb"), images).differences.join()).toContain("virtio_blk0");
    const { words, differences } = qemuCommand(profileOf("raspberrypi"), { ...images, overlays: ["/g/x.dtbo"] });
    expect(words).toContain("raspi1ap");
    expect(differences.join("; ")).toMatch(
      /512 MB of memory, the profile 448 MB; words added.*; QEMU merges no overlays/,
    );
  });

  it("leaves the initrd out where there is none", () => {
    expect(qemuCommand(profileOf("versatilepb"), { ...images, initrd: undefined }).words).not.toContain("-initrd");
  });

  it("is refused for a board that QEMU has no machine of", () => {
    const profile = { ...profileOf("versatilepb"), devices: [] };
    expect(() => qemuCommand(profile, images)).toThrow(
      expect.objectContaining({ code: "qemu-machine-unknown", exitCode: 2 }),
    );
  });

  it("is text that a shell takes apart into the same words", () => {
    expect(shellText(["a", "-b", "c d", "it's", "x=1,2", "$(rm)"])).toBe(`a -b 'c d' 'it'\\''s' x=1,2 '$(rm)'`);
  });
});
