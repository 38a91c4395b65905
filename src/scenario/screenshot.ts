/** What a guest shows on its PL110, as a picture: read from guest memory as the controller would fetch it. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { HvError } from "../base/index.ts";
import { type Frame, Pl110 } from "../devices/index.ts";
import type { StepOf } from "./language.ts";
import { encodePng, type Picture } from "./png.ts";
import { type Stage, stageRefused } from "./stage.ts";
import { StepFailure } from "./step-failure.ts";

/** Eight bits of `width`, the highest repeated below. */
const widen = (value: number, width: number): number => Math.round((value * 255) / ((1 << width) - 1));

type Rgb = readonly [number, number, number];

/** 1 bit intensity, 5 blue, 5 green, 5 red, as in the palette too. */
const of1555 = (value: number): Rgb => [
  widen(value & 31, 5),
  widen((value >>> 5) & 31, 5),
  widen((value >>> 10) & 31, 5),
];

const directColors: Readonly<Record<string, (value: number) => Rgb>> = {
  "1555": of1555,
  "565": (value) => [widen(value & 31, 5), widen((value >>> 5) & 63, 6), widen((value >>> 11) & 31, 5)],
  "444": (value) => [widen(value & 15, 4), widen((value >>> 4) & 15, 4), widen((value >>> 8) & 15, 4)],
  "888": (value) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff],
};

function pixelValue(bytes: Uint8Array, { strideBytes, bitsPerPixel }: Frame, x: number, y: number): number {
  const row = y * strideBytes;
  if (bitsPerPixel < 8) {
    const perByte = 8 / bitsPerPixel;
    const shift = (x % perByte) * bitsPerPixel;
    return (bytes[row + Math.floor(x / perByte)] >>> shift) & ((1 << bitsPerPixel) - 1);
  }
  const at = row + (x * bitsPerPixel) / 8;
  if (bitsPerPixel === 8) return bytes[at];
  if (bitsPerPixel === 16) return bytes[at] | (bytes[at + 1] << 8);
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
}

/** The picture of a controller that is on; its frame must lie in guest memory. */
export function pictureOf(lcd: Pl110, readMemory: (address: number, target: Uint8Array) => boolean): Picture {
  const frame = lcd.frame();
  const { width, height, layout, isBgr } = frame;
  const bytes = new Uint8Array(frame.strideBytes * height);
  if (!readMemory(frame.baseAddress, bytes)) {
    throw stageRefused("screenshot", "a frame in the guest's memory", `one at 0x${frame.baseAddress.toString(16)}`);
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const value = pixelValue(bytes, frame, x, y);
      const [low, green, high] = layout === "palette" ? of1555(lcd.paletteEntry(value)) : directColors[layout](value);
      rgb[at] = isBgr ? high : low;
      rgb[at + 1] = green;
      rgb[at + 2] = isBgr ? low : high;
    }
  }
  return { width, height, rgb };
}

function colorCount({ rgb }: Picture): number {
  const colors = new Set<number>();
  for (let at = 0; at < rgb.length; at += 3) colors.add((rgb[at] << 16) | (rgb[at + 1] << 8) | rgb[at + 2]);
  return colors.size;
}

function writePicture(path: string, picture: Picture): void {
  try {
    writeFileSync(path, encodePng(picture));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new HvError({
      code: "screenshot-unwritable",
      message: `${path}: expected to write a picture, found ${found}`,
    });
  }
}

/** The step `screenshot`: what is shown, compared and written to a file. */
export function takeScreenshot(
  stage: Stage,
  { screenshot: name, file, width, height, colors }: StepOf<"screenshot">,
  folder: string,
): void {
  const lcd = stage.device(name);
  if (!(lcd instanceof Pl110)) throw stageRefused("screenshot", "a device of the model pl110", `"${name}"`);
  if (!lcd.frame().isOn)
    throw new StepFailure("assertion", { expected: `${name} to show a picture`, found: "that it is off" });
  const picture = pictureOf(lcd, (address, target) => stage.machine.readGuest(address, target));
  if (file !== undefined) writePicture(resolve(folder, file), picture);
  const isSize = (width ?? picture.width) === picture.width && (height ?? picture.height) === picture.height;
  if (!isSize) {
    throw new StepFailure("assertion", {
      expected: `a picture of ${width ?? "any"} by ${height ?? "any"} pixels`,
      found: `${picture.width} by ${picture.height}`,
    });
  }
  const count = colors === undefined ? 0 : colorCount(picture);
  if (count < (colors ?? 0))
    throw new StepFailure("assertion", { expected: `at least ${colors} colours`, found: `${count}` });
}
