import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseQuantity, profileJsonSchema, profileMembersAt } from "../../src/board/index.ts";

describe("parseQuantity", () => {
  it.each([
    ["96M", 96 * 2 ** 20],
    ["4K", 4096],
    ["1G", 2 ** 30],
    ["0x101f1000", 0x101f1000],
    ["0x10K", 0x4000],
    ["4096", 4096],
  ])("reads %s", (text, value) => expect(parseQuantity(text)).toBe(value));

  it.each(["", "M", "4Q", "4 K", "-1", "0x", "1.5M", "0x1ffffffff"])("does not take %j", (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );
});

describe("profile.schema.json", () => {
  const file = new URL("../../boards/profile.schema.json", import.meta.url);

  it("is what the schema in the code gives (npx tsx tools/write-schema.ts)", () => {
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(profileJsonSchema())));
  });

  it("is a JSON Schema of draft 2020-12 that refuses unknown members", () => {
    const schema = profileJsonSchema();
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual(["name", "cpu", "host", "guest", "regions", "devices", "boot"]);
  });
});

describe("profileMembersAt", () => {
  it("knows the members of every part of a profile", () => {
    expect(profileMembersAt(["devices", 3])).toEqual(["name", "model", "address", "size", "irqs", "serial", "options"]);
    expect(profileMembersAt(["boot", "images"])).toEqual(["kernel", "deviceTree", "initrd", "overlays"]);
    expect(profileMembersAt(["nowhere", "at", "all"])).toEqual([]);
  });
});
