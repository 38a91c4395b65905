import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { remoteFilter } from "../../src/commands/index.ts";
import { decodePng, type GuestDisplay, type Picture } from "../../src/vm/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-display-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shown: Picture = { width: 16, height: 2, rgb: new Uint8Array(96).fill(0x5a) };

function given(display: Partial<GuestDisplay> = {}): ConsoleBench {
  const bench = new ConsoleBench();
  const frame = { width: 16, height: 2, bitsPerPixel: 8, baseAddress: 0x1000 };
  bench.board.shownDisplays = [
    { ...frame, name: "guest0/clcd", isOn: true, picture: () => shown, ...display } as GuestDisplay,
  ];
  return bench;
}

describe("vdisplay", () => {
  it("lists the displays and what they are set to", async () => {
    const lines = (await given().text("vdisplay list")).split("\n");
    expect(
      lines
        .find((line) => line.includes("guest0/clcd"))
        ?.trim()
        .split(/\s+/),
    ).toEqual(["guest0/clcd", "16x2", "8", "on"]);
    expect(await given({ isOn: false }).text("vdisplay list")).toMatch(/guest0\/clcd +--- +--- +off/);
  });

  it("writes what one shows as PNG", async () => {
    const file = join(folder, "shot.png");
    expect(await given().data(`vdisplay save guest0/clcd ${file}`)).toMatchObject({ width: 16, height: 2, file });
    expect(decodePng(readFileSync(file))).toEqual(shown);
  });

  it("says why there is no picture", async () => {
    const file = join(folder, "none.png");
    const off = await given({ isOn: false }).run(`vdisplay save guest0/clcd ${file}`);
    expect(off.code).toBe(-1);
    expect(off.text).toContain("Error: expected guest0/clcd to be on, found that it is off\n");
    const outside = await given({ picture: () => undefined }).run(`vdisplay save guest0/clcd ${file}`);
    expect(outside.text).toContain("found one at 0x1000");
    expect((await given().run(`vdisplay save nosuch ${file}`)).code).toBe(-8);
    expect((await given().run(`vdisplay save guest0/clcd ${folder}/no/folder.png`)).code).toBe(-1);
  });

  it("writes no file of this host for a console that is in anybody's hands", () => {
    expect(remoteFilter(["vdisplay", "save"])).toBe(true);
    expect(remoteFilter(["vdisplay", "list"])).toBe(false);
  });
});
