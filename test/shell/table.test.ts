import { describe, expect, it } from "vitest";
import { columns, renderFacts, renderTable } from "../../src/shell/table.ts";

describe("tables", () => {
  it("pads cells after one leading blank and rules them with 80 dashes", () => {
    const dashes = "-".repeat(80);
    const style = { columns: columns(["Num#", 5], ["Bus Name", 10]) };
    expect(renderTable(style, [[0, "platform"]])).toBe(
      `${dashes}\n Num#  Bus Name\n${dashes}\n 0     platform\n${dashes}\n`,
    );
  });

  it("has its own width of rules, and heads an empty table", () => {
    const style = { columns: columns(["ID", 6]), ruleWidth: 8 };
    expect(renderTable(style, [])).toBe("--------\n ID\n--------\n--------\n");
  });

  it("lets a cell that is too long push the others right, and cuts nothing", () => {
    const style = { columns: columns(["A", 2], ["B", 2]), ruleWidth: 1 };
    expect(renderTable(style, [["long", "x"]])).toContain(" long x\n");
  });
});

describe("facts", () => {
  it("align the values behind their labels", () => {
    expect(
      renderFacts(
        [
          ["Name", "uart0"],
          ["IRQ", 12],
        ],
        6,
      ),
    ).toBe("Name  : uart0\nIRQ   : 12\n");
  });
});
