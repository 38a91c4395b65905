import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import type { SnapshotSummary } from "../../src/commands/index.ts";
import { remoteFilter } from "../../src/commands/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const entry = (name: string): SnapshotSummary => ({
  id: "0123456789ab",
  name,
  board: "tiny",
  instructions: 7,
  seconds: 1.5,
  pageCount: 3,
});

function given() {
  const bench = new ConsoleBench();
  const kept: string[] = [];
  bench.snapshots = {
    save: (name) => {
      kept.push(name);
      return entry(name);
    },
    load: (name) => {
      if (kept.includes(name)) return entry(name);
      throw new HvError({ code: "snapshot-unknown", message: "expected another name", hint: "Known: none." });
    },
    delete: (name) => {
      kept.splice(kept.indexOf(name), 1);
      return { id: "0123456789ab", name, freedBytes: 4_096, hasOlder: kept.includes(name) };
    },
    list: () => kept.map(entry),
  };
  return bench;
}

describe("snapshot", () => {
  it("saves by a name, lists and loads", async () => {
    const bench = given();
    expect(await bench.text("snapshot save here")).toBe("here 0123456789ab: 3 pages, at 1.500 s\n");
    expect(await bench.text("snapshot list")).toMatch(/here +0123456789ab +tiny +1\.500 +3/);
    expect(await bench.text("snapshot load here")).toBe("here 0123456789ab: at 1.500 s\n");
    expect(bench.manager.complete(bench.context({} as never), "snapshot load h").candidates).toEqual(["here"]);
  });

  it("deletes by a name that TAB completes, and says when an older one is left", async () => {
    const bench = given();
    for (const name of ["here", "here", "there"]) await bench.run(`snapshot save ${name}`);
    const { candidates } = bench.manager.complete(bench.context({} as never), "snapshot delete ");
    expect(candidates).toEqual(["here", "there"]);
    expect(await bench.text("snapshot delete here")).toBe(
      "here 0123456789ab: deleted, 4096 bytes freed; an older here is left\n",
    );
    expect(await bench.text("snapshot delete here")).toBe("here 0123456789ab: deleted, 4096 bytes freed\n");
    expect((await bench.text("snapshot list")).match(/0123456789ab/g)).toHaveLength(1);
  });

  it("says in words what it cannot do", async () => {
    const bench = given();
    expect(await bench.run("snapshot save a/b")).toMatchObject({
      code: -5,
      text: expect.stringContaining("letters, digits"),
    });
    expect((await bench.run("snapshot load x")).text).toContain("[snapshot-unknown]");
  });

  it("is not there where a run must not go back in time, nor for a remote session", async () => {
    expect((await new ConsoleBench().run("snapshot list")).code).not.toBe(0);
    expect(remoteFilter(["snapshot", "load", "x"])).toBe(true);
  });
});
