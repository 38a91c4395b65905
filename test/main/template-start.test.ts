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
  const folders = () => ({ program: folder, checkpoints: join(root, "checkpoints") });
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
    expect(templateFileOf(["exec", "--stats", "versatilepb", "ids plist"], folders())).toBe(armv5());
    const own = join(root, "own.json");
    writeFileSync(own, '{ "cpu": { "model": "arm926ej-s" } }');
    expect(templateFileOf(["run", own], folders())).toBe(armv5());
    expect(templateFileOf(["board", "show", "versatilepb"], folders())).toBeUndefined();
    expect(templateFileOf([], folders())).toBeUndefined();
  });

  it("are none where the build made none for the processor", () => {
    expect(templateFileOf(["exec", "ids plist"], folders())).toBeUndefined();
    writeFileSync(join(root, "boards", "versatilepb.json"), "{}");
    expect(templateFileOf(["exec", "versatilepb"], folders())).toBeUndefined();
  });

  it("are not begun where a kept prompt is only looked at", () => {
    const args = ["exec", "versatilepb", "ids plist", "ids netstat"];
    expect(templateFileOf(args, folders())).toBe(armv5());
    mkdirSync(folders().checkpoints);
    writeFileSync(join(folders().checkpoints, "raspberrypi-00.checkpoint"), "");
    expect(templateFileOf(args, folders())).toBe(armv5());
    writeFileSync(join(folders().checkpoints, "versatilepb-00.checkpoint"), "");
    expect(templateFileOf(args, folders())).toBeUndefined();
    expect(templateFileOf([...args, "vserial exec guest0/uart0 ps"], folders())).toBe(armv5());
    expect(templateFileOf(["run", "versatilepb"], folders())).toBe(armv5());
  });

  it("run once over records whose condition does not hold, in a memory of their own", () => {
    const module = beginTemplates(armv5());
    expect(module).toBeInstanceOf(WebAssembly.Module);
  });
});
