import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpuModels } from "../../src/arm/core/index.ts";
import { encodeTemplates, templatesOf } from "../../src/arm/jit/index.ts";
import { DEFAULT_BOARD } from "../../src/main/default-board.ts";
import { beginTemplates, templateFileOf } from "../../src/main/template-start.ts";

describe("templates at the start of the program", () => {
  let root: string;
  let folder: string;
  const armv5 = () => join(folder, "templates-arm926ej-s.bin");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "komainu-start-"));
    folder = join(root, "dist");
    mkdirSync(folder);
    mkdirSync(join(root, "boards"));
    writeFileSync(armv5(), encodeTemplates(templatesOf(cpuModels["arm926ej-s"])));
    writeFileSync(join(root, "boards", "versatilepb.json"), '{ "cpu": { "model": "arm926ej-s" } }');
    writeFileSync(join(root, "boards", `${DEFAULT_BOARD}.json`), '{ "cpu": { "model": "arm1176jzf-s" } }');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are those of the board's processor, where the command runs one", () => {
    expect(templateFileOf(["exec", "--stats", "versatilepb", "ids plist"], folder)).toBe(armv5());
    const own = join(root, "own.json");
    writeFileSync(own, '{ "cpu": { "model": "arm926ej-s" } }');
    expect(templateFileOf(["run", own], folder)).toBe(armv5());
    expect(templateFileOf(["board", "show", "versatilepb"], folder)).toBeUndefined();
    expect(templateFileOf([], folder)).toBeUndefined();
  });

  it("are none where the build made none for the processor", () => {
    expect(templateFileOf(["exec", "ids plist"], folder)).toBeUndefined();
    writeFileSync(join(root, "boards", "versatilepb.json"), "{}");
    expect(templateFileOf(["exec", "versatilepb"], folder)).toBeUndefined();
  });

  it("run once over records whose condition does not hold, in a memory of their own", () => {
    const module = beginTemplates(armv5());
    expect(module).toBeInstanceOf(WebAssembly.Module);
  });
});
