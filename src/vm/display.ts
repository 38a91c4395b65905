/** What a guest shows on a PL110, as a picture: read from guest memory as the controller would fetch it. */
import { type Frame, Pl110 } from "../devices/index.ts";
import type { Picture } from "./png.ts";

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

function pixelValue(bytes: Uint8Array, { strideBytes, bitsPerPixel, isHighFirst }: Frame, x: number, y: number) {
  const row = y * strideBytes;
  if (bitsPerPixel < 8) {
    const perByte = 8 / bitsPerPixel;
    const inByte = isHighFirst ? perByte - 1 - (x % perByte) : x % perByte;
    return (bytes[row + Math.floor(x / perByte)] >>> (inByte * bitsPerPixel)) & ((1 << bitsPerPixel) - 1);
  }
  const at = row + (x * bitsPerPixel) / 8;
  if (bitsPerPixel === 8) return bytes[at];
  if (bitsPerPixel === 16) return bytes[at] | (bytes[at + 1] << 8);
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
}

/** Copies guest-physical memory; false where some of it is not memory. */
export type ReadMemory = (address: number, target: Uint8Array) => boolean;

/** The picture of a controller that is on; `undefined` where its frame is not all in memory. */
export function pictureOf(lcd: Pl110, readMemory: ReadMemory): Picture | undefined {
  const frame = lcd.frame();
  const { width, height, layout, isBgr } = frame;
  const bytes = new Uint8Array(frame.strideBytes * height);
  if (!readMemory(frame.baseAddress, bytes)) return undefined;
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

/** A display of the guest, as it is set up now. */
export interface GuestDisplay extends Frame {
  /** Such as `guest0/clcd`. */
  readonly name: string;
  /** `undefined` where the frame is not all in memory. */
  picture(): Picture | undefined;
}

export const displaysOf = (guestName: string, devices: Iterable<[string, object]>, readMemory: ReadMemory) =>
  [...devices].flatMap(([name, device]): GuestDisplay[] =>
    device instanceof Pl110
      ? [{ ...device.frame(), name: `${guestName}/${name}`, picture: () => pictureOf(device, readMemory) }]
      : [],
  );
