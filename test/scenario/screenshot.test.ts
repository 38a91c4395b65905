import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stepSchemas } from "../../src/scenario/language.ts";
import { takeScreenshot } from "../../src/scenario/screenshot.ts";
import type { Stage } from "../../src/scenario/stage.ts";
import { StepFailure } from "../../src/scenario/step-failure.ts";
import { decodePng, type GuestDisplay, type Picture } from "../../src/vm/index.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-shot-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each pixel another colour: its column is the red, its row the green, blue is 7. */
function picture(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    rgb.set([pixel % width, Math.floor(pixel / width), 7], pixel * 3);
  return { width, height, rgb };
}

/** Does the step on a board whose display `clcd` is as given. */
function shoot(options: object, display: Partial<GuestDisplay> = {}): unknown {
  const shown = { name: "guest0/clcd", isOn: true, baseAddress: 0x100, picture: () => picture(16, 4), ...display };
  const stage = { machine: { displays: () => [shown] } } as unknown as Stage;
  const step = stepSchemas.screenshot.parse({ screenshot: "clcd", ...options });
  try {
    takeScreenshot(stage, step, folder);
    return undefined;
  } catch (error) {
    return error instanceof StepFailure ? error.text : error;
  }
}

describe("takeScreenshot", () => {
  it("compares the size and the colours of a picture", () => {
    expect(shoot({ width: 16, height: 4, colors: 64 })).toBeUndefined();
    expect(shoot({ height: 5 })).toMatchObject({ expected: "a picture of any by 5 pixels", found: "16 by 4" });
    expect(shoot({ colors: 65 })).toMatchObject({ expected: "at least 65 colours", found: "64" });
  });

  it("compares single pixels", () => {
    expect(shoot({ pixels: { "0,0": "#000007", "15,3": "#0F0307" } })).toBeUndefined();
    expect(shoot({ pixels: { "2,1": "#020207" } })).toMatchObject({ expected: "#020207 at 2,1", found: "#020107" });
    expect(shoot({ pixels: { "16,0": "#000000" } })).toMatchObject({ found: "a picture of 16 by 4" });
  });

  it("means a piece of the picture alone when there is a region", () => {
    expect(shoot({ region: [3, 1, 2, 2], width: 2, colors: 4, pixels: { "0,0": "#030107" } })).toBeUndefined();
    expect(shoot({ region: [15, 3, 2, 1] })).toMatchObject({ expected: "a picture of at least 17 by 4 pixels" });
  });

  it("writes what it compares again without a difference, and names the first pixel that differs", () => {
    expect(shoot({ file: "shot.png" })).toBeUndefined();
    expect(decodePng(readFileSync(join(folder, "shot.png")))).toEqual(picture(16, 4));
    expect(shoot({ same: "shot.png" })).toBeUndefined();
    const other = picture(16, 4);
    other.rgb[(1 * 16 + 5) * 3 + 2] = 0xff;
    other.rgb[(3 * 16 + 5) * 3] = 0;
    expect(shoot({ same: "shot.png" }, { picture: () => other })).toMatchObject({
      found: "2 of 64 pixels are others, the first #0501ff at 5,1 where #050107 was expected",
    });
    expect(shoot({ same: "shot.png", region: [0, 0, 4, 4] })).toMatchObject({
      expected: "a picture of 16 by 4 pixels",
    });
  });

  it("says what is wrong with a picture to compare with, or with the place of a new one", () => {
    writeFileSync(join(folder, "no.png"), "text");
    expect(shoot({ same: "no.png" })).toMatchObject({ code: "screenshot-unreadable", facts: {} });
    expect(shoot({ same: "none.png" })).toMatchObject({ code: "screenshot-unreadable" });
    expect(shoot({ file: "no/such/folder.png" })).toMatchObject({ code: "screenshot-unwritable" });
  });

  it("fails when nothing is shown, when the frame is not in memory, and where there is no such display", () => {
    expect(shoot({}, { isOn: false })).toMatchObject({ found: "that it is off" });
    expect(shoot({}, { picture: () => undefined })).toMatchObject({ found: "one at 0x100" });
    expect(shoot({ screenshot: "uart0" })).toMatchObject({ code: "step-impossible" });
  });
});
