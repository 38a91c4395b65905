import { describe, expect, it } from "vitest";
import { AddressSpace } from "../../src/linux/index.ts";
import { MAX_LIST_ELEMENTS, walkList, walkListBackward } from "../../src/linux/list-walk.ts";
import { ImageSource } from "../../src/memory/index.ts";

const START = 0xc0000000;
const TABLE = 0x200000;

/** Memory at 0xc0000000 whose words are set by `links`: address, next, prev. */
function givenList(links: readonly (readonly [number, number, number])[]): AddressSpace {
  const image = new Uint8Array(0x300000);
  const view = new DataView(image.buffer);
  for (let section = 0; section < 2; section++) {
    view.setUint32(TABLE + (0xc00 + section) * 4, (section << 20) | 0xc1e, true);
  }
  for (const [at, next, prev] of links) {
    view.setUint32(at - START, next, true);
    view.setUint32(at - START + 4, prev, true);
  }
  return new AddressSpace(new ImageSource(image), TABLE, "v6");
}

const [head, a, b, c] = [START + 0x100, START + 0x200, START + 0x300, START + 0x400];

describe("a walk over a list", () => {
  it("gives the elements in order, both ways, and nothing to complain of", () => {
    const space = givenList([
      [head, a, b],
      [a, b, head],
      [b, head, a],
    ]);
    expect(walkList(space, head, START)).toEqual({ elements: [a, b], damage: [], inUpdate: [] });
    expect(walkListBackward(space, head, START)).toEqual({ elements: [b, a], damage: [], inUpdate: [] });
  });

  it("of an empty list gives nothing", () => {
    expect(walkList(givenList([[head, head, head]]), head, START)).toEqual({ elements: [], damage: [], inUpdate: [] });
  });

  it("ends at an element that points to itself", () => {
    const space = givenList([
      [head, a, a],
      [a, a, head],
    ]);
    const { elements, damage } = walkList(space, head, START);
    expect(elements).toEqual([a]);
    expect(damage.map(({ kind }) => kind)).toContain("cycle");
  });

  it("knows the moment between the two stores of an insertion", () => {
    const space = givenList([
      [head, a, a],
      [a, b, head],
      [b, head, a],
    ]);
    expect(walkList(space, head, START)).toEqual({ elements: [a, b], damage: [], inUpdate: [b] });
  });

  it("finds an element that only the backward links reach", () => {
    const space = givenList([
      [head, a, c],
      [a, c, head],
      [b, c, a],
      [c, head, b],
    ]);
    expect(walkList(space, head, START).damage).toEqual([{ kind: "wrong-back-link", at: c, value: b }]);
    expect(walkListBackward(space, head, START).elements).toEqual([c, b, a]);
  });

  it("ends when it is longer than any list of the kernel", () => {
    const count = MAX_LIST_ELEMENTS + 10;
    const at = (index: number): number => START + 0x1000 + (index % count) * 8;
    const space = givenList(Array.from({ length: count }, (_, i) => [at(i), at(i + 1), at(i + count - 1)] as const));
    const { elements, damage } = walkList(space, at(0), START);
    expect(elements).toHaveLength(MAX_LIST_ELEMENTS);
    expect(damage.map(({ kind }) => kind)).toEqual(["too-long"]);
  });
});
