import { describe, expect, it } from "vitest";
import { offsetInBuild, readSymbolFile, structuresOfFields } from "../../src/linux/build-layout.ts";

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

  it("is read of a file with the structures that are looked for", () => {
    const json = { user_types: { sock: { size: 8, fields: { skc_family: { offset: 4 } } }, other: { fields: {} } } };
    const file = readSymbolFile("kernel.json", Buffer.from(JSON.stringify(json)));
    expect(file).toMatchObject({ name: "kernel.json", kind: "ISF", symbols: [] });
    expect([...file.structures.keys()]).toEqual(["sock"]);
  });
});
