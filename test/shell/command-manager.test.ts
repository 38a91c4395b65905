import { describe, expect, it } from "vitest";
import { HvError, Status } from "../../src/base/index.ts";
import {
  BufferConsole,
  type CommandFamily,
  CommandManager,
  choice,
  columns,
  decimal,
  failed,
  makeForm,
  number,
  ok,
  optional,
  repeated,
  type ShellContext,
  table,
  verbatim,
  word,
} from "../../src/shell/index.ts";

interface Context extends ShellContext {
  readonly ports: readonly string[];
}

const demo: CommandFamily<Context> = {
  name: "demo",
  summary: "shows every kind of argument",
  forms: [
    makeForm({
      words: "list",
      run: () => table({ columns: columns(["Num#", 5], ["Bus Name", 10]) }, [[0, "platform"]]),
    }),
    makeForm({
      words: "add",
      args: { first: number("first"), others: repeated(number("other")) },
      run: (_: Context, { first, others }) => ok(`${[first, ...others].reduce((a, b) => a + b, 0)}\n`),
    }),
    makeForm({
      words: "level",
      args: { level: optional(decimal("level")), mode: optional(choice("mode", ["fast", "slow"])) },
      run: (_: Context, { level, mode }) => ok(`${level ?? "none"} ${mode ?? "none"}\n`),
    }),
    makeForm({
      words: "say",
      args: { port: word("port", (context: Context) => context.ports), text: verbatim("text") },
      run: (_: Context, { port, text }) => ok(`${port}: ${text}\n`),
    }),
    makeForm({ words: "fail", run: () => failed(-14, "no such thing\n") }),
    makeForm({
      words: "throw",
      run: () => {
        throw new HvError({ code: "demo-bad", message: "expected good, found bad", hint: "try again" });
      },
    }),
    makeForm({ words: "hidden", when: () => false, run: () => ok("never\n") }),
  ],
};

const given = () => {
  const manager = new CommandManager<Context>();
  manager.register(demo);
  const run = async (line: string, filter?: (words: readonly string[]) => boolean) => {
    const console = new BufferConsole();
    const code = await manager.execute({ console, ports: ["uart0", "uart1"] }, line, { filter });
    return { code, text: console.text };
  };
  const complete = (line: string) => manager.complete({ console: new BufferConsole(), ports: ["uart0"] }, line);
  return { manager, run, complete };
};

const USAGE = `Usage:
   demo help
   demo list
   demo add <first> <other0> <other1> ...
   demo level [<level>] [<mode>]
   demo say <port> <text>
   demo fail
   demo throw
`;

describe("the command manager", () => {
  it("refuses a second command of one name and the removal of an unknown one", () => {
    const { manager } = given();
    expect([manager.register(demo), manager.unregister("other"), manager.unregister("demo")]).toEqual([-5, -3, 0]);
  });

  it.each([
    ["demo add 0x10 010 2", "26\n"],
    ["demo level", "none none\n"],
    ["demo level 3 slow", "3 slow\n"],
    ["demo say uart0 a; b  c", "uart0: a; b  c\n"],
    ["demo help", USAGE],
  ])("runs %s", async (line, text) => {
    expect(await given().run(line)).toEqual({ code: 0, text });
  });

  it.each([
    ["demo", ""],
    ["demo add", "Error: expected <first>, found the end of the command\n"],
    ["demo add 1", "Error: expected <other>, found the end of the command\n"],
    ["demo level 0x3", 'Error: expected a decimal number as <level>, found "0x3"\n'],
    ["demo level 3 middling", 'Error: expected one of fast, slow as <mode>, found "middling"\n'],
    ["demo list 3", 'Error: expected no more arguments, found "3"\n'],
    ["demo hidden", 'Error: unknown sub-command "hidden"\n'],
    ["demo lsit", 'Error: unknown sub-command "lsit"\nDid you mean demo list?\n'],
  ])("answers %j with what is wrong, the usage and code -1", async (line, problem) => {
    const text = `${problem}${USAGE}Error: command demo failed (code -1)\n`;
    expect(await given().run(line)).toEqual({ code: -1, text });
  });

  it("stops a line at the first failure", async () => {
    const { text, code } = await given().run("demo level 1; demo fail; demo level 2");
    expect([code, text]).toEqual([-14, "1 none\nno such thing\nError: command demo failed (code -14)\n"]);
  });

  it("names unknown commands and a near one", async () => {
    const { run } = given();
    expect((await run("foo")).text).toBe("Error: unknown command foo\n");
    expect((await run("dmeo list")).text).toBe("Error: unknown command dmeo\nDid you mean demo?\n");
  });

  it("refuses what the filter refuses", async () => {
    const filter = (words: readonly string[]): boolean => words[1] === "list";
    const { run } = given();
    expect(await run("demo list", filter)).toEqual({ code: Status.access, text: "Error: command demo filtered\n" });
    expect((await run("demo level", filter)).code).toBe(0);
  });

  it("turns bad input found on the way into its message with code and hint", async () => {
    const { code, text } = await given().run("demo throw");
    expect([code, text]).toEqual([
      -1,
      "Error: expected good, found bad [demo-bad]\n  try again\nError: command demo failed (code -1)\n",
    ]);
  });

  it("gives rows as data to scripts, and on the console with --json", async () => {
    const { manager, run } = given();
    const outcomes = await manager.collect({ console: new BufferConsole(), ports: [] }, "demo list; demo fail");
    expect(outcomes.map(({ command, code, data }) => [command, code, data])).toEqual([
      ["demo list", 0, [{ num: 0, busName: "platform" }]],
      ["demo fail", -14, undefined],
    ]);
    expect((await run("demo list --json")).text).toBe('[{"num":0,"busName":"platform"}]\n');
  });

  it.each([
    ["de", ["demo"]],
    ["demo l", ["level", "list"]],
    ["demo level 1 ", ["fast", "slow"]],
    ["demo say ", ["uart0"]],
    ["demo say uart0 ", []],
    ["demo list; demo s", ["say"]],
    ["demo h", ["help"]],
    ["nothing ", []],
  ])("completes %j", (line, candidates) => {
    expect(given().complete(line).candidates).toEqual(candidates);
  });
});
