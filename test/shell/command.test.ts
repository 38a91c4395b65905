import { describe, expect, it } from "vitest";
import { decimal, optional, repeated, verbatim, word } from "../../src/shell/argument.ts";
import {
  type CommandFamily,
  formUsage,
  makeForm,
  matchForm,
  usageText,
  verbatimStart,
} from "../../src/shell/command.ts";
import { BufferConsole } from "../../src/shell/console.ts";

const console = new BufferConsole();
const context = { console, hasDisk: false };
type Context = typeof context;

const disk: CommandFamily<Context> = {
  name: "disk",
  summary: "a command for these tests",
  forms: [
    makeForm({ words: "list", run: () => {} }),
    makeForm({ words: "list all", run: () => {} }),
    makeForm({ words: "read", args: { at: decimal("at"), count: optional(decimal("count")) }, run: () => {} }),
    makeForm({ words: "say", args: { port: word("port"), text: verbatim("text") }, run: () => {} }),
    makeForm({ words: "eject", when: ({ hasDisk }: Context) => hasDisk, run: () => {} }),
  ],
};

const match = (...words: string[]) => matchForm(disk, context, words);

describe("a command's forms", () => {
  it("are matched by their fixed words, the longest first", () => {
    expect(match("list")).toMatchObject({ kind: "match", form: disk.forms[0] });
    expect(match("list", "all")).toMatchObject({ kind: "match", form: disk.forms[1] });
  });

  it("give the values by the names of the arguments, and none for those left out", () => {
    expect(match("read", "3", "4")).toMatchObject({ kind: "match", values: { at: 3, count: 4 } });
    expect(match("read", "3")).toMatchObject({ kind: "match", values: { at: 3 } });
  });

  it("gather repeated words", () => {
    const family: CommandFamily<Context> = {
      name: "sum",
      summary: "adds",
      forms: [makeForm({ args: { terms: repeated(decimal("term")) }, run: () => {} })],
    };
    expect(matchForm(family, context, ["1", "2", "3"])).toMatchObject({ values: { terms: [1, 2, 3] } });
    expect(matchForm(family, context, ["1", "b"])).toEqual({
      kind: "none",
      problem: 'expected a decimal number as <term>, found "b"',
    });
  });

  it.each([
    [[], undefined],
    [["read"], "expected <at>, found the end of the command"],
    [["read", "x"], 'expected a decimal number as <at>, found "x"'],
    [["list", "none"], 'expected no more arguments, found "none"'],
    [["erase", "now"], 'unknown sub-command "erase now"'],
    [["eject"], 'unknown sub-command "eject"'],
  ])("say of %j what is wrong", (words, problem) => {
    expect(match(...words)).toEqual({ kind: "none", problem });
  });

  it("that the machine cannot do are neither run nor shown", () => {
    expect(usageText(disk, context)).not.toContain("eject");
    expect(usageText(disk, { console, hasDisk: true })).toContain("   disk eject\n");
    expect(matchForm(disk, { console, hasDisk: true }, ["eject"]).kind).toBe("match");
  });

  it("know where text that is taken as it stands begins", () => {
    expect(verbatimStart(disk, ["disk", "say"])).toBe(3);
    expect(verbatimStart(disk, ["disk", "read"])).toBe(0);
    expect(matchForm(disk, context, ["say", "uart0"], "a; b")).toMatchObject({
      values: { port: "uart0", text: "a; b" },
    });
    expect(matchForm(disk, context, ["say", "uart0"], "")).toMatchObject({ kind: "none" });
  });
});

describe("the usage text", () => {
  it("has a line for each form, help first where there are sub-commands", () => {
    expect(usageText(disk, context)).toBe(
      "Usage:\n   disk help\n   disk list\n   disk list all\n   disk read <at> [<count>]\n   disk say <port> <text>\n",
    );
  });

  it("puts the first form of the older commands behind the title", () => {
    const forms = [makeForm({ args: { name: optional(word("name")) }, run: () => {} }), makeForm({ run: () => {} })];
    const family: CommandFamily<Context> = { name: "old", summary: "old", forms, isUsageInline: true };
    expect(usageText(family, context)).toBe("Usage: old [<name>]\n       old\n");
    expect(formUsage("old", forms[1])).toBe("old");
  });
});
