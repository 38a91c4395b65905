import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  digestOf,
  type GuestInputs,
  guestHash,
  kernelHash,
  madeBy,
  recipeInputs,
  sha256,
  sha256OfFile,
} from "../../src/guest/inputs.ts";
import { recipeOf } from "../../src/guest/recipe.ts";
import { givenFolder } from "./fake-tools.ts";

const files = { fragment: new Uint8Array([1]), init: new Uint8Array([2]) };
const recipe = recipeOf("versatilepb");

function givenInputs(): GuestInputs {
  const { initSha256, filesSha256, ...kernel } = recipeInputs(recipe, files);
  return {
    board: "versatilepb",
    kernel: { ...kernel, sourceSha256: "aa", sourceDateS: 1, compiler: "gcc 12", linker: "ld 2.40" },
    root: { busyboxVersion: "1.35", busyboxSha256: "bb", initSha256, filesSha256 },
  };
}

describe("guestHash", () => {
  it("is twelve digits that do not depend on the order of keys", () => {
    const inputs = givenInputs();
    const reordered = { root: { ...inputs.root }, kernel: { ...inputs.kernel }, board: inputs.board };
    expect(guestHash(inputs)).toMatch(/^[0-9a-f]{12}$/);
    expect(guestHash(reordered)).toBe(guestHash(inputs));
  });

  for (const part of ["kernel", "root"] as const) {
    for (const key of Object.keys(givenInputs()[part])) {
      it(`changes with ${part}.${key}, the kernel's hash only with the kernel`, () => {
        const changed = givenInputs();
        const values: Record<string, unknown> = { ...changed[part] };
        values[key] = `${values[key]}x`;
        const other = { ...changed, [part]: values } as GuestInputs;
        expect(guestHash(other)).not.toBe(guestHash(changed));
        expect(kernelHash(other) === kernelHash(changed)).toBe(part === "root");
      });
    }
  }
});

describe("madeBy", () => {
  it("accepts another compiler and other packages, refuses another fragment or init script", () => {
    const inputs = givenInputs();
    const otherTools = { ...inputs, kernel: { ...inputs.kernel, compiler: "gcc 14", sourceSha256: "cc" } };
    expect(madeBy(otherTools, recipeInputs(recipe, files))).toBe(true);
    expect(madeBy(inputs, recipeInputs(recipe, { ...files, fragment: new Uint8Array([9]) }))).toBe(false);
    expect(madeBy(inputs, recipeInputs(recipe, { ...files, init: new Uint8Array([9]) }))).toBe(false);
  });
});

describe("hashes", () => {
  it("of a file and of its bytes are the same", async () => {
    const path = join(givenFolder(), "file");
    const data = new Uint8Array(3_000_000).map((_, index) => index * 7);
    writeFileSync(path, data);
    expect(await sha256OfFile(path)).toBe(sha256(data));
  });

  it("of values tell nesting and types apart", () => {
    const values = [{ a: 1 }, { a: "1" }, { a: [1] }, { a: { b: 1 } }, { "a:{b": 1 }, {}];
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });
});
