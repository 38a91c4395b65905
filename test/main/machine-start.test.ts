import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpuModels } from "../../src/arm/core/index.ts";
import { encodeTemplates, templatesOf } from "../../src/arm/jit/index.ts";
import { DEFAULT_BOARD } from "../../src/main/default-board.ts";
import { beginMachine, beginTemplates, profileOf, ramSizeOf, templateFileOf } from "../../src/main/machine-start.ts";
import { HostMemory } from "../../src/memory/index.ts";

describe("what a machine needs, at the start of the program: templates", () => {
  let root: string;
  let folder: string;
  const folders = () => ({ program: folder, checkpoints: join(root, "checkpoints") });
  const armv5 = () => join(folder, "templates-arm926ej-s.bin");

  const fileOf = (args: string[]) => {
    const profile = profileOf(args, folders());
    return profile === undefined ? undefined : templateFileOf(args, profile, folders());
  };

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
    expect(fileOf(["exec", "--stats", "versatilepb", "ids plist"])).toBe(armv5());
    const own = join(root, "own.json");
    writeFileSync(own, '{ "cpu": { "model": "arm926ej-s" } }');
    expect(fileOf(["run", own])).toBe(armv5());
    expect(fileOf(["board", "show", "versatilepb"])).toBeUndefined();
    expect(fileOf([])).toBeUndefined();
  });

  it("are none where the build made none for the processor", () => {
    expect(fileOf(["exec", "ids plist"])).toBeUndefined();
    writeFileSync(join(root, "boards", "versatilepb.json"), "{}");
    expect(fileOf(["exec", "versatilepb"])).toBeUndefined();
  });

  it("are not begun where a kept prompt is only looked at", () => {
    const args = ["exec", "versatilepb", "ids plist", "ids netstat"];
    expect(fileOf(args)).toBe(armv5());
    mkdirSync(folders().checkpoints);
    writeFileSync(join(folders().checkpoints, "raspberrypi-00.checkpoint"), "");
    expect(fileOf(args)).toBe(armv5());
    writeFileSync(join(folders().checkpoints, "versatilepb-00.checkpoint"), "");
    expect(fileOf(args)).toBeUndefined();
    expect(fileOf([...args, "vserial exec guest0/uart0 ps"])).toBe(armv5());
    expect(fileOf([...args, "--json", "--stats"])).toBeUndefined();
    expect(fileOf([...args, "--boot-cache", "off"])).toBe(armv5());
    expect(fileOf(["run", "versatilepb"])).toBe(armv5());
  });

  it("run once over records whose condition does not hold, in a memory of their own", () => {
    const module = beginTemplates(armv5());
    expect(module).toBeInstanceOf(WebAssembly.Module);
  });

  it("and the memory, where the profile says its size in megabytes", () => {
    const own = join(root, "own.json");
    writeFileSync(own, '{ "host": { "name": "b", "ramSize": "2M" }, "cpu": { "model": "none" } }');
    const profile = profileOf(["exec", own], folders());
    expect(profile === undefined ? 0 : ramSizeOf(profile)).toBe(2 ** 21);
    expect(beginMachine(["exec", own, "ids plist"], folders())).toBeUndefined();
    expect(new HostMemory(2 ** 21).ram().length).toBe(2 ** 21);
    writeFileSync(own, '{ "host": { "ramSize": 2097152 } }');
    const other = profileOf(["exec", own], folders());
    expect(other === undefined ? 0 : ramSizeOf(other)).toBeUndefined();
    expect(beginMachine(["--version"], folders())).toBeUndefined();
  });

  it("or nothing where a file is not what it seems: the program says what is wrong", () => {
    const own = join(root, "own.json");
    mkdirSync(own);
    expect(beginMachine(["exec", own], folders())).toBeUndefined();
    writeFileSync(armv5(), "no templates");
    expect(beginMachine(["exec", "versatilepb"], folders())).toBeUndefined();
    writeFileSync(folders().checkpoints, "no folder");
    expect(beginMachine(["exec", "versatilepb", "ids plist"], folders())).toBeUndefined();
  });
});
