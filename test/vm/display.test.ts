import { describe, expect, it } from "vitest";
import { Pl110 } from "../../src/devices/index.ts";
import { displaysOf, pictureOf } from "../../src/vm/display.ts";
import type { Picture } from "../../src/vm/png.ts";
import { bench } from "../devices/test-context.ts";

const PALETTE = 0x200;

function given(control: number, bytes: readonly number[]) {
  const lcd = new Pl110(bench().context);
  lcd.reset();
  lcd.write(0x0, 0, 4); // 16 pixels a line
  lcd.write(0x4, 0, 4); // one line
  lcd.write(0x10, 0x1000, 4);
  lcd.write(0x1c, 0x801 | control, 4);
  const picture = () =>
    pictureOf(lcd, (address, target) => {
      target.set(bytes.slice(0, target.length));
      return address === 0x1000;
    });
  return { lcd, picture };
}

const pixel = (picture: Picture | undefined, x: number) => [...(picture?.rgb.subarray(x * 3, x * 3 + 3) ?? [])];

describe("pictureOf", () => {
  it("shows 16-bit pixels in the colours of their bits", () => {
    const { picture } = given(6 << 1, [0x1f, 0, 0xe0, 0x07, 0, 0xf8]);
    const shown = picture();
    expect([shown?.width, shown?.height]).toEqual([16, 1]);
    expect([0, 1, 2].map((x) => pixel(shown, x))).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ]);
  });

  it("changes red and blue when the guest says so", () => {
    const { picture } = given((6 << 1) | 0x100, [0x1f, 0]);
    expect(pixel(picture(), 0)).toEqual([0, 0, 255]);
  });

  it("looks pixels up in the palette, four of them in a byte too", () => {
    const { lcd, picture } = given(1 << 1, [0b11_10_01_00]);
    [0, 0x1f, 0x3e0, 0x7c00].forEach((entry, i) => void lcd.write(PALETTE + i * 2, entry, 2));
    const shown = picture();
    expect([0, 1, 2, 3].map((x) => pixel(shown, x))).toEqual([
      [0, 0, 0],
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ]);
  });

  it("begins with the highest bits of a byte when the guest says so", () => {
    const { lcd, picture } = given((1 << 1) | 0x400, [0b11_10_01_00]);
    [0, 0x1f, 0x3e0, 0x7c00].forEach((entry, i) => void lcd.write(PALETTE + i * 2, entry, 2));
    const shown = picture();
    expect([0, 1, 2, 3].map((x) => pixel(shown, x))).toEqual([
      [0, 0, 255],
      [0, 255, 0],
      [255, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("shows 24-bit pixels as they are, and nothing of a frame outside memory", () => {
    const { lcd, picture } = given(5 << 1, [1, 2, 3, 0]);
    expect(pixel(picture(), 0)).toEqual([1, 2, 3]);
    lcd.write(0x10, 0x2000, 4);
    expect(picture()).toBeUndefined();
  });
});

describe("displaysOf", () => {
  it("finds the displays among the devices, and says what they are set to", () => {
    const { lcd } = given(6 << 1, []);
    const displays = displaysOf(
      "guest0",
      [
        ["clcd", lcd],
        ["other", {}],
      ],
      () => true,
    );
    expect(displays).toMatchObject([{ name: "guest0/clcd", isOn: true, width: 16, height: 1, bitsPerPixel: 16 }]);
    expect(displays[0].picture()).toEqual({ width: 16, height: 1, rgb: new Uint8Array(48) });
  });
});
