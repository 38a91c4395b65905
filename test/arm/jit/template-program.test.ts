import { describe, expect, it } from "vitest";
import { cpuModels } from "../../../src/arm/core/index.ts";
import {
  decodeTemplates,
  encodeTemplates,
  makeTemplates,
  templateFileName,
  templatesOf,
} from "../../../src/arm/jit/template-program.ts";
import { givenCpu } from "../given-cpu.ts";

const model = cpuModels["arm926ej-s"];

describe("the templates of a processor", () => {
  it("are the same after they were a file", () => {
    const program = templatesOf(model);
    const read = decodeTemplates(encodeTemplates(program));
    expect(Buffer.from(read.bytes).equals(program.bytes)).toBe(true);
    expect([...read.handlers]).toEqual([...program.handlers]);
    expect([...read.endings]).toEqual([...program.endings]);
  });

  it("are made once, and do not depend on a machine", () => {
    expect(makeTemplates(model, givenCpu().core.cp15)).toBe(templatesOf(model));
  });

  it("are a valid module, in a file named by the processor", () => {
    for (const [name, each] of Object.entries(cpuModels)) {
      expect(() => new WebAssembly.Module(Uint8Array.from(templatesOf(each).bytes))).not.toThrow();
      expect(templateFileName(name)).toContain(name);
    }
  });
});
