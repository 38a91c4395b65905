import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BaselineStore, baselineStore } from "../../src/main/baseline-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-baselines-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const baseline = new Map([["banner", new Set(["Linux version 6.1.99"])]]);
const other = new Map([["banner", new Set(["Linux version 6.6.6"])]]);

/** The only file of the store. */
function onlyFile(): string {
  const [build] = readdirSync(folder);
  const [file, ...more] = readdirSync(join(folder, build));
  expect(more).toEqual([]);
  return join(folder, build, file);
}

describe("BaselineStore", () => {
  it("gives a baseline back to the kernel that it is of, and has none for others", () => {
    new BaselineStore(folder).save("kernel a", "good", baseline);
    const store = new BaselineStore(folder);
    expect(store.load("kernel a", "good")).toEqual(baseline);
    expect(store.load("kernel b", "good")).toBeUndefined();
    expect(store.load("kernel a", "better")).toBeUndefined();
    expect([store.names("kernel a"), store.names("kernel b")]).toEqual([["good"], []]);
  });

  it("replaces one of the same name whole, readable for its owner alone", () => {
    const store = new BaselineStore(folder);
    store.save("kernel a", "good", baseline);
    store.save("kernel a", "good", other);
    expect(store.load("kernel a", "good")).toEqual(other);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
  });

  it("refuses a file that is damaged, or that was put in another's place", () => {
    const store = new BaselineStore(folder);
    store.save("kernel a", "good", baseline);
    const path = onlyFile();
    const file = readFileSync(path, "utf8");
    const refused = (message: string) => {
      const error = { code: "baseline-damaged", message: expect.stringContaining(message) };
      expect(() => store.load("kernel a", "good")).toThrow(expect.objectContaining(error));
    };
    writeFileSync(path, file.replace("6.1.99", "6.1.98"));
    refused("contents that match their SHA-256");
    new BaselineStore(join(folder, "b")).save("kernel b", "good", baseline);
    const [build] = readdirSync(join(folder, "b"));
    writeFileSync(path, readFileSync(join(folder, "b", build, "good.baseline")));
    refused("a baseline of the running kernel");
    writeFileSync(path, "x".repeat((16 << 20) + 1));
    refused("found a file of that size");
    writeFileSync(path, file);
    expect(store.load("kernel a", "good")).toEqual(baseline);
  });

  it("says where it cannot write, and leaves nothing half done", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const unwritable = expect.objectContaining({ code: "baseline-unwritable", exitCode: 3 });
    expect(() => new BaselineStore(join(file, "x")).save("k", "good", baseline)).toThrow(unwritable);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("lies where --state says, else with the user's data", () => {
    expect(baselineStore({ state: "/s" }).place).toBe("/s/baselines");
    expect(baselineStore({ env: { XDG_DATA_HOME: "/d" } }).place).toBe("/d/komainu/baselines");
  });
});
