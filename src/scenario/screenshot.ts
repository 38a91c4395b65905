/** The step `screenshot`: what a display shows, compared and written to a file. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { HvError } from "../base/index.ts";
import { decodePng, encodePng, type GuestDisplay, type Picture } from "../vm/index.ts";
import type { StepOf } from "./language.ts";
import { type Stage, stageRefused } from "./stage.ts";
import { StepFailure } from "./step-failure.ts";

type Options = StepOf<"screenshot">;

const colorAt = ({ rgb, width }: Picture, x: number, y: number): number => {
  const at = (y * width + x) * 3;
  return (rgb[at] << 16) | (rgb[at + 1] << 8) | rgb[at + 2];
};
const colorText = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;

function colorCount({ rgb }: Picture): number {
  const colors = new Set<number>();
  for (let at = 0; at < rgb.length; at += 3) colors.add((rgb[at] << 16) | (rgb[at + 1] << 8) | rgb[at + 2]);
  return colors.size;
}

/** A piece of a picture. */
function cut(picture: Picture, [left, top, width, height]: readonly number[]): Picture {
  if (left + width > picture.width || top + height > picture.height) {
    throw new StepFailure("assertion", {
      expected: `a picture of at least ${left + width} by ${top + height} pixels`,
      found: `${picture.width} by ${picture.height}`,
    });
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
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

function readPicture(path: string): Picture {
  let found: string;
  try {
    const picture = decodePng(readFileSync(path));
    if (typeof picture !== "string") return picture;
    found = picture;
  } catch (error) {
    found = error instanceof Error ? error.message : String(error);
  }
  throw new HvError({
    code: "screenshot-unreadable",
    message: `${path}: expected a picture (PNG, 8 bits of red, green and blue), found ${found}`,
    hint: "The option `file` writes one.",
    facts: { path },
  });
}

function expectSize({ width, height }: Picture, wanted: { readonly width?: number; readonly height?: number }): void {
  if ((wanted.width ?? width) === width && (wanted.height ?? height) === height) return;
  throw new StepFailure("assertion", {
    expected: `a picture of ${wanted.width ?? "any"} by ${wanted.height ?? "any"} pixels`,
    found: `${width} by ${height}`,
  });
}

function expectSame(picture: Picture, path: string): void {
  const wanted = readPicture(path);
  expectSize(picture, wanted);
  let first: string | undefined;
  let count = 0;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const [is, was] = [colorAt(picture, x, y), colorAt(wanted, x, y)];
      if (is === was) continue;
      first ??= `the first ${colorText(is)} at ${x},${y} where ${colorText(was)} was expected`;
      count++;
    }
  }
  if (first === undefined) return;
  const found = `${count} of ${picture.width * picture.height} pixels are others, ${first}`;
  throw new StepFailure("assertion", { expected: `the picture of ${path}`, found });
}

function expectPixels(picture: Picture, pixels: Options["pixels"]): void {
  for (const [place, wanted] of Object.entries(pixels ?? {})) {
    const [x, y] = place.split(",").map(Number);
    const isInside = x < picture.width && y < picture.height;
    const found = isInside ? colorText(colorAt(picture, x, y)) : `a picture of ${picture.width} by ${picture.height}`;
    if (found !== wanted.toLowerCase())
      throw new StepFailure("assertion", { expected: `${wanted.toLowerCase()} at ${place}`, found });
  }
}

/** The display of a name, with or without the guest's in front; it must be on. */
export function displayOf(stage: Stage, name: string): GuestDisplay {
  const displays = stage.machine.displays();
  const display = displays.find((candidate) => candidate.name === name || candidate.name.endsWith(`/${name}`));
  if (display === undefined) {
    const known = displays.map((candidate) => candidate.name.replace(/^.*\//, "")).join(", ") || "none";
    throw stageRefused("screenshot", `a display, one of ${known}`, `"${name}"`);
  }
  if (!display.isOn)
    throw new StepFailure("assertion", { expected: `${name} to show a picture`, found: "that it is off" });
  return display;
}

export function takeScreenshot(stage: Stage, options: Options, folder: string): void {
  const display = displayOf(stage, options.screenshot);
  const whole = display.picture();
  if (whole === undefined) {
    const found = `one at 0x${display.baseAddress.toString(16)}`;
    throw new StepFailure("assertion", { expected: "a frame in the guest's memory", found });
  }
  const picture = options.region === undefined ? whole : cut(whole, options.region);
  if (options.file !== undefined) writePicture(resolve(folder, options.file), picture);
  expectSize(picture, options);
  const count = options.colors === undefined ? 0 : colorCount(picture);
  if (count < (options.colors ?? 0))
    throw new StepFailure("assertion", { expected: `at least ${options.colors} colours`, found: `${count}` });
  expectPixels(picture, options.pixels);
  if (options.same !== undefined) expectSame(picture, resolve(folder, options.same));
}
