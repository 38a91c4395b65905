import { existsSync, mkdirSync, readFileSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  cachedGuests,
  damagedFiles,
  findGuest,
  GuestFile,
  guestFolder,
  listGuests,
  openGuest,
  removeOutdatedGuests,
  writeManifest,
} from "../../src/guest/cache.ts";
import { type GuestInputs, guestHash, recipeInputs, sha256 } from "../../src/guest/inputs.ts";
import { installedBoardsFolder, readRecipeFiles, recipeOf } from "../../src/guest/recipe.ts";
import { givenFolder } from "./fake-tools.ts";

const recipe = recipeOf("versatilepb");
const BOARDS_FOLDER = installedBoardsFolder();

function givenInputs(compiler: string): GuestInputs {
  const { initSha256, filesSha256, ...kernel } = recipeInputs(recipe, readRecipeFiles(recipe, BOARDS_FOLDER));
  return {
    board: "versatilepb",
    kernel: { ...kernel, sourceSha256: "aa", sourceDateS: 1, compiler, linker: "ld" },
    root: { busyboxVersion: "1", busyboxSha256: "bb", initSha256, filesSha256 },
  };
}

const givenCache = (): string => givenFolder();

/** A complete guest of small files; `ageS` seconds old. */
function givenGuest(cacheDir: string, inputs: GuestInputs, ageS = 0): string {
  const folder = guestFolder(cacheDir, inputs);
  mkdirSync(folder, { recursive: true });
  const names = [...Object.values(GuestFile), recipe.deviceTree];
  const files = Object.fromEntries(
    names.map((name) => {
      writeFileSync(join(folder, name), `content of ${name}`);
      return [name, { sizeBytes: `content of ${name}`.length, sha256: sha256(`content of ${name}`) }];
    }),
  );
  const hash = guestHash(inputs);
  writeManifest(folder, { format: 1, board: inputs.board, hash, kernelVersion: "6.1.1", inputs, files, stepsMs: {} });
  const timeS = 1_700_000_000 - ageS;
  utimesSync(join(folder, "manifest.json"), timeS, timeS);
  return folder;
}

describe("openGuest", () => {
  it("gives the paths and the size of a complete guest", () => {
    const folder = givenGuest(givenCache(), givenInputs("gcc"));
    const guest = openGuest(folder);
    expect(guest).toMatchObject({
      board: "versatilepb",
      kernelVersion: "6.1.1",
      folder,
      hash: guestHash(givenInputs("gcc")),
    });
    expect(readFileSync(guest?.dtb ?? "", "utf8")).toBe("content of versatile-pb.dtb");
    const sizes = Object.values(guest?.manifest.files ?? {}).map(({ sizeBytes }) => sizeBytes);
    expect(guest?.sizeBytes).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it("refuses a missing file, a shortened file, a changed manifest and no manifest", () => {
    const damages: ((folder: string) => void)[] = [
      (folder) => unlinkSync(join(folder, "Image")),
      (folder) => truncateSync(join(folder, "vmlinux"), 3),
      (folder) => {
        const path = join(folder, "manifest.json");
        writeFileSync(path, readFileSync(path, "utf8").replace("6.1.1", "6.1.2"));
      },
      (folder) => truncateSync(join(folder, "manifest.json"), 100),
      (folder) => unlinkSync(join(folder, "manifest.json")),
    ];
    for (const damage of damages) {
      const folder = givenGuest(givenCache(), givenInputs("gcc"));
      damage(folder);
      expect(openGuest(folder)).toBeUndefined();
    }
  });
});

describe("damagedFiles", () => {
  it("names a file whose content changed but not its size", async () => {
    const folder = givenGuest(givenCache(), givenInputs("gcc"));
    writeFileSync(join(folder, "zImage"), "Content of zImage");
    const guest = openGuest(folder);
    expect(guest && (await damagedFiles(guest))).toEqual(["zImage"]);
  });
});

describe("findGuest", () => {
  it("takes the newest that the present recipe made, whatever compiler it had", () => {
    const cacheDir = givenCache();
    givenGuest(cacheDir, givenInputs("gcc 12"), 100);
    const newest = givenGuest(cacheDir, givenInputs("gcc 13"), 50);
    const outdated = givenInputs("gcc 14");
    Object.assign(outdated.kernel, { fragmentSha256: "other" });
    givenGuest(cacheDir, outdated, 0);
    expect(findGuest("versatilepb", { cacheDir })?.folder).toBe(newest);
    expect(cachedGuests("versatilepb", cacheDir)).toHaveLength(3);
  });

  it("finds none in an empty cache, and refuses an unknown board", () => {
    expect(findGuest("versatilepb", { cacheDir: givenCache() })).toBeUndefined();
    expect(() => findGuest("pdp11")).toThrow(expect.objectContaining({ code: "guest-board-unknown" }));
  });
});

describe("listGuests", () => {
  it("has a row that says missing for a board without a guest", () => {
    expect(listGuests({ cacheDir: givenCache() })).toEqual(
      ["raspberrypi", "versatilepb"].map((board) => ({ board, state: "missing" })),
    );
  });

  it("tells the ready guest from the outdated", () => {
    const cacheDir = givenCache();
    const folder = givenGuest(cacheDir, givenInputs("gcc 13"), 50);
    givenGuest(cacheDir, givenInputs("gcc 12"), 100);
    const rows = listGuests({ cacheDir }).filter(({ board }) => board === "versatilepb");
    expect(rows.map(({ state }) => state)).toEqual(["ready", "outdated"]);
    expect(rows[0]).toMatchObject({ board: "versatilepb", kernelVersion: "6.1.1", folder });
  });
});

describe("removeOutdatedGuests", () => {
  it("keeps the current guest and the newest of the others", () => {
    const cacheDir = givenCache();
    const oldest = givenGuest(cacheDir, givenInputs("gcc 1"), 300);
    const older = givenGuest(cacheDir, givenInputs("gcc 2"), 200);
    const previous = givenGuest(cacheDir, givenInputs("gcc 3"), 100);
    const current = givenGuest(cacheDir, givenInputs("gcc 4"), 0);
    const guest = openGuest(current);
    if (guest !== undefined) removeOutdatedGuests(guest, cacheDir);
    expect([oldest, older, previous, current].map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
  });

  it("keeps the current guest though others are newer", () => {
    const cacheDir = givenCache();
    const current = givenGuest(cacheDir, givenInputs("gcc 1"), 300);
    const newer = givenGuest(cacheDir, givenInputs("gcc 2"), 0);
    const guest = openGuest(current);
    if (guest !== undefined) removeOutdatedGuests(guest, cacheDir);
    expect([current, newer].map((folder) => existsSync(folder))).toEqual([true, true]);
  });
});
