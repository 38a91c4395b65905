import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Board, imagePaths, loadBoard, readImages } from "../../src/board/index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function boardWith(kernel: string, initrd?: string, overlays?: string[]): Board {
  const board = loadBoard("versatilepb");
  const images = { kernel, deviceTree: "x.dtb", initrd, overlays };
  return {
    ...board,
    path: join(folder, "b.json"),
    profile: { ...board.profile, boot: { ...board.profile.boot, images } },
  };
}

describe("imagePaths", () => {
  it("seeks plain names in the cache, and paths from the profile's folder", () => {
    expect(imagePaths(boardWith("./k/zImage", "/abs/initrd", ["a.dtbo", "./b.dtbo"]), "/cache")).toEqual({
      kernel: join(folder, "k/zImage"),
      deviceTree: "/cache/x.dtb",
      initrd: "/abs/initrd",
      overlays: ["/cache/a.dtbo", join(folder, "b.dtbo")],
    });
  });
});

describe("readImages", () => {
  it("reads what is there and leaves out an initrd that the profile does not name", () => {
    writeFileSync(join(folder, "zImage"), "kernel");
    writeFileSync(join(folder, "x.dtb"), "tree");
    const images = readImages(boardWith("zImage"), folder);
    expect(Buffer.from(images.kernel).toString()).toBe("kernel");
    expect(images.initrd).toBeUndefined();
    expect(images.overlays).toEqual([]);
  });

  it("names the file that is missing and how to get it", () => {
    expect(() => readImages(boardWith("nothing"), folder)).toThrow(
      expect.objectContaining({
        code: "image-missing",
        message: `expected the guest's kernel at ${join(folder, "nothing")}, found no such file`,
        hint: expect.stringContaining("komainu guest build"),
        exitCode: 3,
      }),
    );
  });

  it("says why a file cannot be read", () => {
    expect(() => readImages(boardWith("./"), folder)).toThrow(expect.objectContaining({ code: "image-unreadable" }));
  });
});
