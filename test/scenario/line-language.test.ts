import { describe, expect, it } from "vitest";
import { stepSchemas } from "../../src/scenario/language.ts";
import { lineOnlyVerbs, lineStepSchemas, lineVerbs, machineVerbs } from "../../src/scenario/line-language.ts";

describe("the language of a line", () => {
  it("shares steps with that of a board, and each of both is known to be one or the other", () => {
    const shared = lineVerbs.filter((verb) => Object.hasOwn(stepSchemas, verb));
    expect(shared).toEqual(["send", "line", "expect", "never", "wait", "shell"]);
    expect([...shared, ...machineVerbs].sort()).toEqual(Object.keys(stepSchemas).sort());
    expect(lineOnlyVerbs).toEqual(["modem", "break", "upload", "download"]);
  });

  it("has one protocol when none is named, and replaces nothing", () => {
    expect(lineStepSchemas.download.parse({ download: "logs" })).toEqual({
      download: "logs",
      protocol: "ymodem",
      force: false,
    });
    expect(lineStepSchemas.upload.safeParse({ upload: "a", protocol: "kermit" }).success).toBe(false);
    expect(lineStepSchemas.modem.safeParse({ modem: { cts: "on" } }).success).toBe(false);
  });
});
