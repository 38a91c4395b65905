import { describe, expect, it } from "vitest";
import { ByteQueue } from "../../src/serial/byte-queue.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array): string => Buffer.from(data).toString();

describe("a queue of bytes", () => {
  it("gives them in order, across the pieces they came in", () => {
    const queue = new ByteQueue();
    for (const part of ["abc", "", "def", "g"]) queue.push(bytes(part), 100);
    expect([queue.length, text(queue.peek(4)), text(queue.take(4)), text(queue.take(100))]).toEqual([
      7,
      "abcd",
      "abcd",
      "efg",
    ]);
    expect([queue.length, queue.take(5).length]).toEqual([0, 0]);
  });

  it("lets the oldest go above its limit, and counts them", () => {
    const queue = new ByteQueue();
    queue.push(bytes("abcd"), 6);
    queue.push(bytes("efgh"), 6);
    expect([queue.lostBytes, text(queue.take(100))]).toEqual([2, "cdefgh"]);
    queue.push(bytes("0123456789"), 6);
    expect([queue.lostBytes, text(queue.take(100))]).toEqual([6, "456789"]);
  });

  it("keeps its own copy", () => {
    const queue = new ByteQueue();
    const data = bytes("abc");
    queue.push(data, 10);
    data.fill(0);
    expect(text(queue.take(10))).toBe("abc");
  });
});
