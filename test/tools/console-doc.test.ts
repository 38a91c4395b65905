import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createCommandManager } from "../../src/commands/index.ts";
import { commandsText, withCommands } from "../../tools/console-doc.ts";

const committed = readFileSync(new URL("../../docs/console.md", import.meta.url), "utf8");

describe("docs/console.md", () => {
  it("is current (npx tsx tools/write-console-doc.ts writes it)", () => {
    expect(committed).toBe(withCommands(committed));
  });

  it("has every command and every form of it", () => {
    for (const { name, forms } of createCommandManager().families) {
      expect(committed).toContain(`\n### ${name}\n`);
      for (const { words } of forms) expect(committed).toContain(`\n${[name, ...words].join(" ")}`);
    }
  });

  it("keeps what a person wrote around the commands", () => {
    const before = "# Title\n\n<!-- begin commands: written by tools/write-console-doc.ts -->\n";
    const document = `${before}old text\n<!-- end commands -->\nThe end.\n`;
    expect(withCommands(document)).toBe(`${before}\n${commandsText()}\n<!-- end commands -->\nThe end.\n`);
  });

  it("refuses a document without the marks", () => {
    expect(() => withCommands("# Title\n")).toThrow(/expected the marks/);
  });
});
