import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { State } from "../../src/base/index.ts";
import { PAGE_SIZE } from "../../src/memory/index.ts";
import { decodeSnapshot, encodeSnapshot, SNAPSHOT_VERSION, stateText } from "../../src/vm/snapshot-format.ts";

const state: State = { name: "x", list: [1, null, true, { bytes: Uint8Array.of(0, 255) }], bytes: new Uint8Array(0) };
const page = (fill: number): Uint8Array => new Uint8Array(PAGE_SIZE).fill(fill);
const given = () =>
  encodeSnapshot({
    state,
    pages: new Map([
      [1, page(7)],
      [9, page(8)],
    ]),
  });

/** The file with `change` done to its body, and a digest that fits. */
function forged(change: (body: Buffer) => Buffer): Uint8Array {
  const file = Buffer.from(given());
  const body = change(file.subarray(0, file.length - 32));
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

const refused = (file: Uint8Array) => {
  try {
    decodeSnapshot(file);
  } catch (error) {
    return error as { code: string; message: string };
  }
  return { code: "accepted", message: "" };
};

describe("a snapshot file", () => {
  it("gives back state and pages as they were", () => {
    const { state: found, pages } = decodeSnapshot(given());
    expect(found).toEqual(state);
    expect([...pages].map(([number, bytes]) => [number, bytes[0], bytes.length])).toEqual([
      [1, 7, PAGE_SIZE],
      [9, 8, PAGE_SIZE],
    ]);
  });

  it("is refused when any one byte is another", () => {
    const file = given();
    for (const at of [0, 8, 13, 40, file.length >> 1, file.length - 33, file.length - 1]) {
      const changed = file.slice();
      changed[at] ^= 1;
      expect(refused(changed).code).toBe("snapshot-invalid");
    }
  });

  it("is refused when it is cut off anywhere, or longer than it should be", () => {
    const file = given();
    for (const length of [0, 1, 8, 39, 100, file.length - 1]) {
      expect(refused(file.subarray(0, length)).code).toBe("snapshot-invalid");
    }
    expect(refused(Buffer.concat([file, Buffer.alloc(1)])).code).toBe("snapshot-invalid");
  });

  it("says what was found instead", () => {
    expect(refused(Buffer.from("#!/bin/sh\necho hello")).message).toContain('a file that starts with "#!/bin/s"');
    const newer = forged((body) => {
      body.writeUInt32LE(SNAPSHOT_VERSION + 1, 8);
      return body;
    });
    expect(refused(newer).message).toContain(`found version ${SNAPSHOT_VERSION + 1}`);
  });

  it("is refused when its digest fits and its contents do not", () => {
    const pagesAt = given().length - 32 - 2 * (PAGE_SIZE + 4) - 4;
    const repeated = forged((body) => {
      body.writeUInt32LE(1, pagesAt + 4 + PAGE_SIZE + 4);
      return body;
    });
    expect(refused(repeated).message).toMatch(/a page after 1, found page 1/);
    expect(refused(forged((body) => Buffer.concat([body, Buffer.alloc(3)]))).message).toMatch(/3 bytes more/);
    const tooMany = forged((body) => {
      body.writeUInt32LE(3, pagesAt);
      return body;
    });
    expect(refused(tooMany).code).toBe("data-truncated");
    const noJson = forged((body) => {
      body.write("?", 16);
      return body;
    });
    expect(refused(noJson).message).toMatch(/a header of JSON/);
  });
});

describe("the text of a state", () => {
  it("is the same whatever the order in which members were set", () => {
    expect(stateText({ b: 1, a: { d: 2, c: 3 } })).toBe(stateText({ a: { c: 3, d: 2 }, b: 1 }));
  });

  it("is another for another value, also for one bit of bytes", () => {
    expect(stateText({ a: Uint8Array.of(1) })).not.toBe(stateText({ a: Uint8Array.of(0) }));
    expect(stateText({ a: [1, 2] })).not.toBe(stateText({ a: [2, 1] }));
  });

  it("refuses what JSON would change silently, and names the member", () => {
    expect(() => stateText({ timer: { deadlineNs: Number.POSITIVE_INFINITY } })).toThrow("state.timer.deadlineNs");
    expect(() => stateText({ list: [Number.NaN] })).toThrow("state.list[0]");
    expect(() => stateText({ gone: undefined } as unknown as State)).toThrow("state.gone");
  });
});
