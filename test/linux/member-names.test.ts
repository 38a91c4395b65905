import { describe, expect, it } from "vitest";
import { namesOf, offsetInStructures } from "../../src/linux/member-names.ts";

const structures = new Map([["task_struct", { sizeBytes: 64, members: new Map([["__state", 4]]) }]]);

describe("a member's names", () => {
  it("are its own and those it has had, and any of them finds it", () => {
    expect(namesOf("task_struct.state")).toEqual(["task_struct.state", "task_struct.__state"]);
    expect(namesOf("task_struct.pid")).toEqual(["task_struct.pid"]);
    expect(offsetInStructures("task_struct.state", structures)).toBe(4);
    expect(offsetInStructures("task_struct.pid", structures)).toBeUndefined();
  });
});
