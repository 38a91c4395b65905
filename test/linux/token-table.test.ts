import { describe, expect, it } from "vitest";
import { KernelImage } from "../../src/linux/kernel-image.ts";
import { findTokenTable } from "../../src/linux/token-table.ts";

const START = 0xc0008000;

/** Letters and digits stand for themselves; the other tokens are sequences of their own. */
const tokens = Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9_]/.test(String.fromCharCode(code)) ? String.fromCharCode(code) : `seq${code}`,
);

/** The table and its index, `gap` bytes between them, at `at` of an image of 16 KiB. */
function given({ at = 0x1003, gap = 0, before = "" } = {}) {
  const bytes = new Uint8Array(0x4000).fill(0x5a);
  const table = Buffer.from(`${tokens.join("\0")}\0`, "latin1");
  bytes.set(Buffer.from(before, "latin1"), at - before.length);
  bytes.set(table, at);
  const indexStart = (at + table.length + gap + 1) & ~1;
  bytes.fill(0, at + table.length, indexStart);
  let offset = 0;
  for (const [code, token] of tokens.entries()) {
    new DataView(bytes.buffer).setUint16(indexStart + code * 2, offset, true);
    offset += token.length + 1;
  }
  return { bytes, at, indexStart, find: () => findTokenTable(new KernelImage(START, bytes)) };
}

describe("the token table", () => {
  it.each([0, 2, 8])("is found wherever it lies, with %i bytes before its index", (gap) => {
    const { at, indexStart, find } = given({ gap });
    expect(find()).toEqual({ start: at, indexStart, end: indexStart + 512, tokens });
  });

  it("begins at its own first token, whatever text is before it", () => {
    expect(given({ before: "0x1x2" }).find()?.start).toBe(0x1003);
  });

  it("is not taken from digits alone", () => {
    const bytes = new Uint8Array(0x1000);
    bytes.set(Buffer.from("0\x001\x002\x003\x004\x005\x006\x007\x008\x009\x00", "latin1"), 0x100);
    expect(findTokenTable(new KernelImage(START, bytes))).toBeUndefined();
  });

  it("is refused when one offset of the index is wrong", () => {
    const { bytes, indexStart, find } = given();
    bytes[indexStart + 2 * 200] ^= 1;
    expect(find()).toBeUndefined();
  });

  it("is refused when its index is cut off", () => {
    const { bytes, indexStart } = given();
    expect(findTokenTable(new KernelImage(START, bytes.slice(0, indexStart + 510)))).toBeUndefined();
  });
});
