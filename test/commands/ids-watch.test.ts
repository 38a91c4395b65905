import { describe, expect, it } from "vitest";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

function givenKernel() {
  const bench = new ConsoleBench();
  const kernel = new SyntheticKernel();
  bench.board.writeGuest(0, kernel.image);
  bench.board.core = () => ({
    registers: () => [
      {
        title: "CP15",
        registers: [
          { name: "SCTLR", value: 0x5317f },
          { name: "TPIDRURO", value: kernel.taskAddresses[1] },
        ],
      },
    ],
  });
  return { bench, kernel };
}

describe("ids watch", () => {
  it("watches a symbol as far as the next, and tells who wrote, from where, when", async () => {
    const { bench, kernel } = givenKernel();
    expect(await bench.text("ids watch sys_call_table")).toContain("1600 bytes at c0009000 are watched");
    const [{ pieces, onWrite }] = bench.board.watched;
    expect(pieces).toEqual([{ address: 0x9000, sizeBytes: 1600 }]);
    onWrite({ offset: 80, sizeBytes: 4, value: 0xbf000000, pc: kernel.va(0x30024), instructions: 1234 });
    expect(await bench.text("ids watch")).toBe(
      [
        "sys_call_table: 1600 bytes at c0009000, 1 writes",
        "  c0009050 is now bf000000, written at c0030024 (do_thing_0+0x4) by 1 (init), instruction 1234",
        "",
      ].join("\n"),
    );
    expect(await bench.data("ids watch")).toMatchObject([{ count: 1, writes: [{ pid: 1, symbol: "do_thing_0+0x4" }] }]);
  });

  it("watches the word at an address", async () => {
    const { bench } = givenKernel();
    await bench.text("ids watch c0009050");
    expect(bench.board.watched[0].pieces).toEqual([{ address: 0x9050, sizeBytes: 4 }]);
  });

  it("ends a watch", async () => {
    const { bench } = givenKernel();
    await bench.text("ids watch sys_call_table");
    await bench.text("ids unwatch sys_call_table");
    expect(bench.board.watched).toEqual([]);
    expect(await bench.text("ids watch")).toBe("");
  });

  it.each([
    ["ids watch no_such_thing", "expected a symbol of the kernel or a hexadecimal address"],
    ["ids watch 10", "is not in the guest's RAM"],
    ["ids unwatch sys_call_table", "is not watched"],
  ])("refuses %s", async (line, text) => {
    const { bench } = givenKernel();
    const outcome = await bench.run(line);
    expect([outcome.code === 0, outcome.text.includes(text)]).toEqual([false, true]);
  });

  it("keeps so many writes, and counts the rest", async () => {
    const { bench } = givenKernel();
    await bench.text("ids watch c0009050");
    for (let index = 0; index < 300; index++) {
      bench.board.watched[0].onWrite({ offset: 0, sizeBytes: 4, value: index, pc: 0, instructions: index });
    }
    const [{ count, writes }] = (await bench.data("ids watch")) as { count: number; writes: unknown[] }[];
    expect([count, writes.length]).toEqual([300, 256]);
  });

  it("goes on in a machine that was loaded, where that has such a place, and is said not to be in one that is saved", async () => {
    const { bench, kernel } = givenKernel();
    const entry = { id: "0123456789ab", name: "here", board: "tiny", instructions: 7, seconds: 1.5, pageCount: 3 };
    let onLoad = (): void => {};
    bench.snapshots = {
      save: () => entry,
      load: () => {
        onLoad();
        return entry;
      },
      list: () => [entry],
      delete: () => ({ id: entry.id, name: entry.name, freedBytes: 0, hasOlder: false }),
    };
    await bench.text("ids watch sys_call_table");
    await bench.text("ids watch c0009050");
    expect(await bench.text("snapshot save here")).toMatch(
      /\nnot in it: ids watch sys_call_table, ids watch c0009050\n$/,
    );
    const [before] = bench.board.watched;
    expect(await bench.text("snapshot load here")).toMatch(
      /\nids watch sys_call_table: goes on\nids watch c0009050: goes on\n$/,
    );
    expect(bench.board.watched).toHaveLength(2);
    const [again] = bench.board.watched;
    expect([again === before, again.pieces]).toEqual([false, before.pieces]);
    again.onWrite({ offset: 0, sizeBytes: 4, value: 7, pc: kernel.va(0x30024), instructions: 9 });
    expect(await bench.text("ids watch")).toContain("sys_call_table: 1600 bytes at c0009000, 1 writes");
    onLoad = () => bench.board.writeGuest(0, new Uint8Array(4 << 20));
    expect(await bench.text("snapshot load here")).toMatch(/ids watch sys_call_table: over, the machine/);
    expect(bench.board.watched).toEqual([]);
    expect(await bench.text("ids watch")).toBe("");
  });
});
