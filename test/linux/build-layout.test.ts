import { describe, expect, it } from "vitest";
import { compareWithBuild, offsetInBuild, structuresOfFields } from "../../src/linux/build-layout.ts";
import { proved, unknown } from "../../src/linux/index.ts";

const structure = (members: Record<string, number>) => ({ sizeBytes: 64, members: new Map(Object.entries(members)) });
const build = new Map([
  ["task_struct", structure({ __state: 4, pid: 8, tgid: 12 })],
  ["module", structure({ "core_layout.base": 20 })],
  ["sock_common", structure({ skc_family: 16 })],
]);

describe("what a build's files say", () => {
  it("finds members under the names they have had, in the structure they are first of, and nested ones", () => {
    expect(offsetInBuild("task_struct.state", build)).toBe(4);
    expect(offsetInBuild("module.core_layout.base", build)).toBe(20);
    expect(offsetInBuild("sock.skc_family", build)).toBe(16);
    expect(offsetInBuild("cred.uid", build)).toBeUndefined();
    expect(structuresOfFields()).toContain("sock_common");
  });

  it("names what was learned otherwise, and leaves out what either does not know", () => {
    const learned: Record<string, number> = { "task_struct.pid": 8, "task_struct.tgid": 16 };
    const fact = (field: string) => (field in learned ? proved(learned[field], "test") : unknown("test"));
    expect(compareWithBuild(fact, build)).toEqual({
      agreed: ["task_struct.pid"],
      mismatches: [{ field: "task_struct.tgid", learned: 16, confidence: "proved", inBuild: 12 }],
    });
  });
});
