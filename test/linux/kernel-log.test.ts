import { describe, expect, it } from "vitest";
import { walkLog, walkOldLog } from "../../src/linux/kernel-log.ts";
import { Arena } from "./arena.ts";

const TEXT_BITS = 8;
const COMMITTED = 1 << 30;
const FINALIZED = 0x80000000;

interface Entry {
  readonly state: number;
  readonly begin: number;
  readonly next: number;
  readonly text: string;
  readonly textLength?: number;
}

/** A ring of 8 descriptors as Linux 5.10 has it, with `extra` counters between both rings as later ones do. */
function givenRing(entries: readonly Entry[], extra = 0): Arena {
  const arena = new Arena({ printk_ringbuffer: 0, log_buf: 0 });
  const [ring, descs, infos, text] = [0x40, 128, 1024, 512].map((size) => arena.take(size));
  const logBuf = arena.words(arena.take(4), [text]);
  Object.assign(arena, { offsetOf: (name: string) => ({ printk_ringbuffer: ring, log_buf: logBuf })[name] });
  const tail = 100;
  arena.words(ring, [3, descs, infos, tail + entries.length - 1, tail, ...new Array(extra).fill(0), TEXT_BITS, text]);
  for (const [index, { state, begin, next, text: line, textLength }] of entries.entries()) {
    const id = tail + index;
    const slot = id & 7;
    arena.words(descs + slot * 12, [(state | id) >>> 0, begin, next]);
    arena.words(infos + slot * 88, [index, 0, 1_500_000_000, 0, (textLength ?? line.length) | (3 << 16) | (6 << 29)]);
    arena.text(text + (begin % 256) + 4, line);
  }
  return arena;
}

describe("walkLog", () => {
  it.each([1, 2])("reads committed and finalized records with %d more counters", (extra) => {
    const arena = givenRing(
      [
        { state: FINALIZED, begin: 0, next: 20, text: "first" },
        { state: COMMITTED, begin: 20, next: 40, text: "second\nline" },
        { state: 0, begin: 40, next: 60, text: "reserved" },
      ],
      extra,
    );
    expect(walkLog(arena, () => undefined)).toEqual({
      records: [
        { seconds: 1.5, level: 6, facility: 3, text: "first" },
        { seconds: 1.5, level: 6, facility: 3, text: "second\nline" },
      ],
    });
  });

  it("says that a text is not in the buffer, and goes on", () => {
    const arena = givenRing(
      [
        { state: FINALIZED, begin: 0, next: 20, text: "x", textLength: 60_000 },
        { state: FINALIZED, begin: 20, next: 40, text: "good" },
      ],
      1,
    );
    const log = walkLog(arena, () => undefined);
    expect(log?.records.map(({ text }) => text)).toEqual(["good"]);
    expect(log?.damage).toBe("a record whose text is not in the buffer");
  });

  it("does not know a log whose place is not known", () => {
    expect(walkLog(new Arena(), () => undefined)).toBeUndefined();
  });
});

describe("walkOldLog", () => {
  const record = (arena: Arena, at: number, text: string, length = 16 + ((text.length + 3) & ~3)): number => {
    arena.words(at, [2_000_000_000, 0, length | (text.length << 16), (5 << 29) | (1 << 16)]);
    arena.text(at + 16, text);
    return length;
  };

  it("follows records, back to the start at a length of 0, up to the next one to be written", () => {
    const arena = new Arena();
    const buffer = arena.take(256);
    const first = 100;
    const length = record(arena, buffer + first, "oldest");
    const next = record(arena, buffer, "newest");
    arena.words(buffer + first + length, [0, 0, 0, 0]);
    const log = walkOldLog(arena, { buffer, sizeBytes: 256, first, next });
    expect(log.records.map(({ text, level, facility, seconds }) => [text, level, facility, seconds])).toEqual([
      ["oldest", 5, 1, 2],
      ["newest", 5, 1, 2],
    ]);
  });

  it("ends at a record that is longer than the buffer", () => {
    const arena = new Arena();
    const buffer = arena.take(256);
    record(arena, buffer, "wild", 4096);
    expect(walkOldLog(arena, { buffer, sizeBytes: 256, first: 0, next: 64 })).toMatchObject({
      records: [],
      damage: expect.any(String),
    });
  });
});
