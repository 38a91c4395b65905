import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SnapshotStore } from "../../src/main/snapshot-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const page = (value: number) => new Uint8Array(4096).fill(value);
const named = (name: string) => ({ name, board: "tiny", instructions: 5, virtualNs: 25 });
const snapshotOf = (...values: [number, number][]) => ({
  state: { profile: "tiny", bytes: Uint8Array.of(1, 2) },
  pages: new Map(values.map(([at, value]) => [at, page(value)])),
});
const packs = () => readdirSync(folder).filter((name) => name.endsWith(".pack"));

describe("SnapshotStore", () => {
  it("gives back what was saved, by name and by the begin of the id", () => {
    const store = new SnapshotStore(folder);
    const { id } = store.save(named("a"), snapshotOf([3, 7], [9, 8]));
    for (const wanted of ["a", id.slice(0, 8)]) {
      const { entry, snapshot } = store.load(wanted);
      expect(entry).toMatchObject({ name: "a", board: "tiny", instructions: 5, pageCount: 2 });
      expect(snapshot.state).toEqual({ profile: "tiny", bytes: Uint8Array.of(1, 2) });
      expect([...snapshot.pages].map(([at, bytes]) => [at, bytes[0], bytes.length])).toEqual([
        [3, 7, 4096],
        [9, 8, 4096],
      ]);
    }
  });

  it("keeps a page that several snapshots have once", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1], [2, 2], [3, 1]));
    store.save(named("b"), snapshotOf([1, 1], [2, 5], [7, 2]));
    store.save(named("c"), snapshotOf([4, 5]));
    const sizes = packs().map((name) => Math.floor(statSync(join(folder, name)).size / 4096));
    expect(sizes.sort()).toEqual([1, 2]);
    expect([...store.load("b").snapshot.pages.values()].map(([first]) => first)).toEqual([1, 5, 2]);
    expect([...store.load("c").snapshot.pages.values()].map(([first]) => first)).toEqual([5]);
  });

  it("takes the newest of a name, and has the same id for the same content", () => {
    const store = new SnapshotStore(folder);
    const first = store.save(named("a"), snapshotOf([1, 1]));
    expect(store.save(named("a"), snapshotOf([1, 1])).id).toBe(first.id);
    expect(store.list()).toHaveLength(1);
  });

  it("refuses anything damaged before anything is taken from it, and lists the rest", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1]));
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const good = readFileSync(path);
      const bad = Buffer.from(good);
      bad[bad.length >> 1] ^= 4;
      writeFileSync(path, bad);
      const wanted = name.endsWith(".pack") ? "a" : name.slice(0, 20);
      expect(() => store.load(wanted)).toThrow(expect.objectContaining({ code: "snapshot-store-damaged" }));
      writeFileSync(path, good);
    }
    writeFileSync(join(folder, `${"0".repeat(64)}.snapshot`), "x");
    expect(store.list().map(({ name }) => name)).toEqual(["a"]);
  });

  it("does not build on a damaged pack", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1]));
    const [pack] = packs();
    const bytes = readFileSync(join(folder, pack));
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(join(folder, pack), bytes);
    store.save(named("b"), snapshotOf([1, 1]));
    expect(store.load("b").snapshot.pages.size).toBe(1);
  });

  it("says which snapshots there are when one is not", () => {
    const store = new SnapshotStore(folder);
    store.save(named("prompt"), snapshotOf());
    expect(() => store.load("promt")).toThrow(
      expect.objectContaining({ code: "snapshot-unknown", hint: expect.stringContaining('Did you mean "prompt"?') }),
    );
    expect(new SnapshotStore(join(folder, "none")).list()).toEqual([]);
  });

  it("says what keeps it from writing", () => {
    writeFileSync(join(folder, "file"), "");
    const store = new SnapshotStore(join(folder, "file", "below"));
    expect(() => store.save(named("a"), snapshotOf())).toThrow(
      expect.objectContaining({ code: "snapshot-unwritable", exitCode: 3 }),
    );
  });
});
