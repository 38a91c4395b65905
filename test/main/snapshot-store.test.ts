import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
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

  it("deletes a snapshot with the packs that no other has pages in, and leaves the others whole", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1], [2, 2]));
    store.save(named("b"), snapshotOf([1, 1], [2, 5]));
    store.save(named("c"), snapshotOf([1, 7]));
    const sizes = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const before = sizes();
    const { freedBytes, hasOlder } = store.delete("a");
    // The pages of a are b's too.
    expect([packs().length, hasOlder]).toEqual([3, false]);
    expect(before - sizes()).toBe(freedBytes);
    store.delete("c");
    expect(packs()).toHaveLength(2);
    expect([...store.load("b").snapshot.pages.values()].map(([first]) => first)).toEqual([1, 5]);
    store.delete(store.list()[0].id.slice(0, 10));
    expect(readdirSync(folder)).toEqual([]);
    expect(() => store.delete("b")).toThrow(expect.objectContaining({ code: "snapshot-unknown" }));
  });

  it("deletes the one that load would take, and says when an older one is left", () => {
    const store = new SnapshotStore(folder);
    const old = store.save(named("a"), snapshotOf([1, 1]));
    utimesSync(join(folder, `${old.id}.snapshot`), 1, 1);
    const young = store.save(named("a"), snapshotOf([1, 2]));
    expect(store.delete("a")).toMatchObject({ id: young.id, name: "a", hasOlder: true });
    expect(store.load("a").entry.id).toBe(old.id);
  });

  it("deletes no pack while a snapshot that cannot be read may need it, and one that is damaged by its id", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1]));
    const { id } = store.save(named("b"), snapshotOf([1, 2]));
    const path = join(folder, `${id}.snapshot`);
    const good = readFileSync(path);
    writeFileSync(path, "damaged");
    store.delete("a");
    expect(packs()).toHaveLength(2);
    writeFileSync(path, good);
    expect(store.load("b").snapshot.pages.size).toBe(1);
    writeFileSync(path, "damaged");
    store.delete(id.slice(0, 12));
    expect(packs()).toEqual([]);
  });

  it("takes away what a deletion that was cut off has left, and uses it again before", () => {
    const store = new SnapshotStore(folder);
    const { id } = store.save(named("a"), snapshotOf([1, 1]));
    // Cut off behind its first step.
    rmSync(join(folder, `${id}.snapshot`));
    store.save(named("b"), snapshotOf([1, 1]));
    expect(packs()).toHaveLength(1);
    expect(store.load("b").snapshot.pages.size).toBe(1);
    store.delete("b");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("neither writes nor deletes while another process does", () => {
    const store = new SnapshotStore(folder);
    store.save(named("a"), snapshotOf([1, 1]));
    // The parent of the tests lives.
    writeFileSync(join(folder, "lock"), `${process.ppid}`);
    const busy = expect.objectContaining({ code: "snapshot-store-busy", exitCode: 3 });
    expect(() => store.save(named("b"), snapshotOf())).toThrow(busy);
    expect(() => store.delete("a")).toThrow(busy);
    rmSync(join(folder, "lock"));
    expect(store.list()).toHaveLength(1);
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
