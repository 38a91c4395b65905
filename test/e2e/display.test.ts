/** What a display shows, held against QEMU: the same kernel in memory, the same registers, the same picture. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { decodePng, type Picture } from "../../src/vm/index.ts";
import { exec, outcomesOf, Scratch } from "./program.ts";
import { hasQemu, NO_QEMU, QemuMachine } from "./qemu-machine.ts";

if (!hasQemu) throw new Error(NO_QEMU);
const scratch = new Scratch();
afterAll(() => scratch.dispose());

const CLCD = 0x10120000;
const [TIM0, TIM1, UPBASE, CONTROL, PALETTE] = [0x00, 0x04, 0x10, 0x18, 0x200];
const SYS_CLCD = 0x10000050;
const [BGR, BEPO] = [0x100, 0x400];
const ON = 0x821;
/** In the middle of the kernel's text: every pattern of bits, and the same in both machines. */
const FRAME = 0x00100000;

interface Setting {
  readonly bpp: number;
  readonly more?: number;
  /** SYS_CLCD; the controller's own format is read by QEMU as another one when the board says nothing. */
  readonly mux?: number;
  /** Bits of red, green and blue: QEMU leaves those below empty. */
  readonly bits: readonly [number, number, number];
  /** Of two pixels only the first: QEMU 7.2 does not drop its intensity bit, and the second one is off by that bit. */
  readonly isEvenOnly?: true;
}

const rgb5 = [5, 5, 5] as const;
const rgb565 = [5, 6, 5] as const;
const rgb8 = [8, 8, 8] as const;

const settings: readonly Setting[] = [
  ...[0, 1, 2, 3].map((bpp) => ({ bpp, bits: rgb5 })),
  ...[0, 1, 2].map((bpp) => ({ bpp, more: BEPO, bits: rgb5 })),
  { bpp: 4, mux: 1, bits: rgb5, isEvenOnly: true },
  { bpp: 4, mux: 1, more: BGR, bits: rgb5, isEvenOnly: true },
  { bpp: 4, mux: 2, bits: rgb565 },
  { bpp: 4, mux: 2, more: BGR, bits: rgb565 },
  { bpp: 4, mux: 3, bits: rgb565 },
  { bpp: 4, mux: 3, more: BGR, bits: rgb565 },
  { bpp: 5, bits: rgb8 },
  { bpp: 5, more: BGR, bits: rgb8 },
];

const devmem = (address: number, value: number): string =>
  `devmem 0x${address.toString(16)} 32 0x${value.toString(16)}`;

/** 256 colours, two in a word, that differ in every part. */
const paletteLine = `i=0; while [ $i -lt 128 ]; do devmem $((${CLCD + PALETTE}+4*i)) 32 $(((i+1)*0x2b5d16a7&0x7fff7fff)); i=$((i+1)); done`;
/** 160 by 64 pixels. */
const sizeLine = [devmem(CLCD + TIM0, ((160 / 16 - 1) << 2) | 0x1000), devmem(CLCD + TIM1, 63)].join("; ");
const settingLine = ({ bpp, more = 0, mux = 0 }: Setting): string =>
  [devmem(SYS_CLCD, mux), devmem(CLCD + UPBASE, FRAME), devmem(CLCD + CONTROL, ON | (bpp << 1) | more)].join("; ");

function pictureIn(file: string): Picture {
  const picture = decodePng(readFileSync(file));
  if (typeof picture === "string") throw new Error(`${file}: ${picture}`);
  return picture;
}

/** The bits that the parts of pixels have, where they are to be compared. */
const significant = ({ rgb }: Picture, { bits, isEvenOnly }: Setting): number[] =>
  Array.from(rgb, (value, index) =>
    isEvenOnly && Math.floor(index / 3) % 2 === 1 ? 0 : value >>> (8 - bits[index % 3]),
  );

describe("a PL110's picture", () => {
  it("is QEMU's in every pixel, in every format that both have", async () => {
    const ours = (index: number) => scratch.path(`ours-${index}.png`);
    const theirs = (index: number) => scratch.path(`theirs-${index}.png`);
    const typed = (line: string) => `vserial exec guest0/uart0 ${line}`;
    const { code, stdout, stderr } = await exec(
      "--json",
      typed(paletteLine),
      typed(sizeLine),
      ...settings.flatMap((setting, index) => [
        typed(settingLine(setting)),
        `vdisplay save guest0/clcd ${ours(index)}`,
      ]),
    );
    expect([code, outcomesOf(stdout).filter((outcome) => outcome.code !== 0)], stderr).toEqual([0, []]);
    const qemu = new QemuMachine(scratch.folder);
    try {
      await qemu.booted();
      await qemu.shell(paletteLine);
      await qemu.shell(sizeLine);
      for (const [index, setting] of settings.entries()) {
        await qemu.shell(settingLine(setting));
        await qemu.screendump(theirs(index));
      }
    } finally {
      qemu.stop();
    }
    for (const [index, setting] of settings.entries()) {
      const [our, their] = [pictureIn(ours(index)), pictureIn(theirs(index))];
      expect([our.width, our.height]).toEqual([160, 64]);
      expect([their.width, their.height]).toEqual([160, 64]);
      const [a, b] = [significant(our, setting), significant(their, setting)];
      expect(new Set(a).size, JSON.stringify(setting)).toBeGreaterThan(1);
      expect({ setting, differs: a.findIndex((value, at) => value !== b[at]) }).toEqual({ setting, differs: -1 });
    }
  }, 300_000);
});
