import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpuModels } from "../../src/arm/core/index.ts";
import { encodeTemplates, templateFileName, templatesOf } from "../../src/arm/jit/index.ts";
import { prebuiltTemplates } from "../../src/main/prebuilt-templates.ts";

describe("templates beside the program", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-templates-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are those that the build wrote for the processor", () => {
    const program = templatesOf(cpuModels["arm926ej-s"]);
    writeFileSync(join(folder, templateFileName("arm926ej-s")), encodeTemplates(program));
    expect(prebuiltTemplates("arm926ej-s", folder)?.handlers).toEqual(program.handlers);
    expect(prebuiltTemplates("arm1176jzf-s", folder)).toBeUndefined();
  });

  it("are not there when the program runs from its source", () => {
    expect(prebuiltTemplates("arm926ej-s")).toBeUndefined();
  });
});
