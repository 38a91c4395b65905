import { describe, expect, it } from "vitest";
import { ModuleTable } from "../../src/vm/module.ts";

describe("the list of modules", () => {
  it("is in starting order, each name once, with author and licence", () => {
    const table = new ModuleTable();
    table.register({ name: "late", description: "b", priority: 20 });
    table.register({ name: "early", description: "a", priority: 10 });
    table.register({ name: "late", description: "again", priority: 5 });
    expect(table.modules).toEqual([
      { name: "early", description: "a", priority: 10, author: "Komainu authors", license: "Apache-2.0" },
      { name: "late", description: "b", priority: 20, author: "Komainu authors", license: "Apache-2.0" },
    ]);
  });
});
