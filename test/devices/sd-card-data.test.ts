import { describe, expect, it } from "vitest";
import { OPEN_ENDED, SdCardData } from "../../src/devices/sd-card-data.ts";
import { pattern, SparseBlock } from "./sd-bench.ts";
import { bench, copyState } from "./test-context.ts";

const OUT_OF_RANGE = 1 << 31;
const ADDRESS_ERROR = 1 << 30;
const BLOCK_LEN_ERROR = 1 << 29;
const WP_VIOLATION = 1 << 26;

function givenData(sectorCount = 100, isReadOnly = false) {
  const block = new SparseBlock(sectorCount, isReadOnly);
  const { context } = bench({ block });
  return { block, context, data: new SdCardData(context) };
}

const span = (sector: number, blockCount = 1, offset = 0, length = 512) => ({ sector, offset, length, blockCount });

describe("the data phase of an SD card", () => {
  it("tells what stands against a transfer before it begins", () => {
    const { data } = givenData();
    expect(data.startRead(span(100))).toBe(OUT_OF_RANGE);
    expect(data.startRead(span(1, 1, 500, 16))).toBe(ADDRESS_ERROR);
    expect(data.startWrite(span(100))).toBe(OUT_OF_RANGE);
    expect(data.startWrite(span(1, 1, 4))).toBe(ADDRESS_ERROR);
    expect(data.startWrite(span(1, 1, 0, 16))).toBe(BLOCK_LEN_ERROR);
    expect(givenData(100, true).data.startWrite(span(1))).toBe(WP_VIOLATION);
    expect(data.isDone).toBe(true);
  });

  it("gives blocks in order, each of the size asked for only", () => {
    const { data, block } = givenData();
    block.write(3, pattern(3));
    block.write(4, pattern(4));
    data.startRead(span(3, 2));
    expect(data.read(8)).toBeUndefined();
    expect([data.read(512), data.isDone, data.read(512), data.isDone]).toEqual([pattern(3), false, pattern(4), true]);
    expect(data.read(512)).toBeUndefined();
  });

  it("puts each block into the image before it is taken for good", () => {
    const { data, block } = givenData();
    data.startWrite(span(10, OPEN_ENDED));
    for (let i = 0; i < 4; i++) {
      expect(data.write(pattern(i))).toBe(true);
      expect([block.writes.at(-1), block.sectors.get(10 + i), data.blocksWritten]).toEqual([10 + i, pattern(i), i + 1]);
    }
    expect(data.write(new Uint8Array(8))).toBe(false);
  });

  it("reports once that a transfer ran past the end", () => {
    const { data } = givenData();
    data.startWrite(span(99, OPEN_ENDED));
    expect([data.write(pattern(0)), data.write(pattern(1))]).toEqual([true, false]);
    expect([data.takeErrors(), data.takeErrors()]).toEqual([OUT_OF_RANGE, 0]);
  });

  it("goes on after a restore with the same block", () => {
    const { data, block, context } = givenData();
    block.write(6, pattern(6));
    data.startRead(span(5, 2));
    data.read(512);
    const copy = new SdCardData(context);
    copy.restore(copyState(data.save()));
    expect([copy.read(512), copy.isDone]).toEqual([pattern(6), true]);
    copy.startRegister(Uint8Array.of(1, 2, 3, 4));
    data.restore(copyState(copy.save()));
    expect(data.read(4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});
