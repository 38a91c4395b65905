import { describe, expect, it } from "vitest";
import { Status } from "../../src/base/index.ts";
import { failed, jsonKey, ok, table } from "../../src/shell/result.ts";
import { columns } from "../../src/shell/table.ts";

describe("results of commands", () => {
  it("carry a code, text and data", () => {
    expect(ok("done\n", { count: 1 })).toEqual({ code: Status.ok, text: "done\n", data: { count: 1 } });
    expect(failed(Status.noDevice, "none\n")).toMatchObject({ code: Status.noDevice, text: "none\n" });
  });

  it.each([
    ["Name", "name"],
    ["Bus Name", "busName"],
    ["CPU#", "cpu"],
    ["Util. (%)", "util"],
    ["Attached Block Device", "attachedBlockDevice"],
    ["#", ""],
  ])("call the column %j %j in data", (title, key) => {
    expect(jsonKey(title)).toBe(key);
  });

  it("of tables have the rows as data and the text behind the last rule", () => {
    const result = table(
      { columns: columns(["Num#", 5], ["Bus Name", 10]), ruleWidth: 4 },
      [[0, "platform"]],
      " 1 bus\n",
    );
    expect(result.data).toEqual([{ num: 0, busName: "platform" }]);
    expect(result.text).toMatch(/----\n 1 bus\n$/);
  });
});
