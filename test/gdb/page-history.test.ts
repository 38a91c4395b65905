import { describe, expect, it } from "vitest";
import { PageHistory } from "../../src/gdb/page-history.ts";
import { GuestBus, HostMemory, PAGE_SIZE, PageTraps } from "../../src/memory/index.ts";
import { usedPageRuns } from "../../src/vm/index.ts";

const PAGES = 16;
/** Written past the traps, as the hypervisor does. */
const UNTRAPPED = 15;

/** Random numbers that are the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

function given() {
  const host = new HostMemory(PAGES * PAGE_SIZE);
  const traps = new PageTraps(host.u8.length);
  const ram = { kind: "ram", name: "ram", guestAddress: 0, hostAddress: 0, sizeBytes: PAGES * PAGE_SIZE } as const;
  const bus = new GuestBus(host, traps, [ram]);
  const history = new PageHistory(host, traps);
  const begin = () => {
    const usedPages = usedPageRuns(host).flatMap(({ page, count }) =>
      Array.from({ length: count }, (_, i) => page + i),
    );
    history.beginPages({ usedPages, untrappedPages: [UNTRAPPED] });
  };
  return { host, bus, history, begin, image: () => Buffer.from(host.ram()).toString("latin1") };
}

describe("the content of memory at several moments", () => {
  it("is found again from any other, after moments were put in between, removed and cut off", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed);
      const { host, bus, history, begin, image } = given();
      const change = () => {
        for (let i = random(6); i >= 0; i--)
          bus.busWrite(random(PAGES - 1) * PAGE_SIZE + random(1024) * 4, random(2 ** 24), 4);
        host.ram()[UNTRAPPED * PAGE_SIZE + random(PAGE_SIZE)] = random(256);
      };
      change();
      begin();
      const images = [image()];
      for (let step = 0; step < 60; step++) {
        const action = random(4);
        if (action < 2) {
          change();
          history.insert(history.count);
          images.push(image());
        } else if (action === 2 && history.count > 2) {
          const index = random(history.count - 1);
          history.remove(index);
          images.splice(index, 1);
        } else {
          const index = random(history.count);
          history.restore(index);
          expect(image()).toBe(images[index]);
          history.restore(history.count - 1);
          expect(image()).toBe(images[history.count - 1]);
        }
      }
      expect(history.count).toBe(images.length);
    }
  });

  it("costs the pages that changed, once", () => {
    const { bus, history, begin } = given();
    bus.busWrite(0, 1, 4);
    begin();
    expect(history.sizeBytes).toBe(PAGE_SIZE);
    for (let i = 0; i < 100; i++) bus.busWrite(5 * PAGE_SIZE + i * 4, i, 4);
    history.insert(1);
    expect(history.sizeBytes).toBe(3 * PAGE_SIZE); // page 0, page 5, and the one past the traps
  });

  it("is forgotten from a moment on when the run takes another way", () => {
    const { bus, history, begin, image } = given();
    begin();
    for (const value of [1, 2, 3]) {
      bus.busWrite(value * PAGE_SIZE, value, 4);
      history.insert(value);
    }
    history.restore(1);
    const first = image();
    history.truncate(2);
    bus.busWrite(9 * PAGE_SIZE, 9, 4);
    history.insert(2);
    history.restore(1);
    expect(image()).toBe(first);
    history.restore(2);
    expect(image()).not.toBe(first);
    expect(history.count).toBe(3);
  });

  it("sets no traps any more when it is over", () => {
    const { bus, history, begin } = given();
    begin();
    expect(bus.traps.bits.some((bits) => bits !== 0)).toBe(true);
    history.end();
    expect(bus.traps.bits.every((bits) => bits === 0)).toBe(true);
  });
});
