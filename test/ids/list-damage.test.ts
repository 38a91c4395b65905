import { describe, expect, it } from "vitest";
import { damageFinding, damageMessage } from "../../src/ids/list-damage.ts";

describe("damage to a list", () => {
  it("is told with its kind, place and value", () => {
    expect(damageFinding({ kind: "cycle", at: 0xc0001000, value: 0xc0002000 })).toEqual({
      kind: "finding",
      finding: {
        messageId: "list-damaged",
        data: { what: "a link back into the list", at: "c0001000", value: "c0002000" },
        evidence: { at: 0xc0001000, value: 0xc0002000, kind: "cycle" },
      },
    });
    expect(damageMessage("the list of mounts")).toBe("the list of mounts has {what} at {at} (value {value})");
  });
});
