import { describe, expect, it } from "vitest";
import { CommandManager, makeForm, PromptSession, type ShellContext, TerminalConsole } from "../../src/shell/index.ts";

const given = () => {
  let shown = "";
  const console = new TerminalConsole({
    output: (bytes) => {
      shown += new TextDecoder().decode(bytes);
    },
    usesCarriageReturn: true,
  });
  const manager = new CommandManager<ShellContext>();
  const session = new PromptSession<ShellContext>({ manager, context: { console } });
  manager.register({
    name: "hello",
    summary: "greets",
    forms: [
      makeForm({
        run: ({ console: out }: ShellContext) => {
          session.announce("a message");
          out.write("hello\n");
        },
      }),
    ],
  });
  return { console, session, shown: () => shown };
};

describe("a console session", () => {
  it("shows the prompt, runs lines, and ends with its input", async () => {
    const { console, session, shown } = given();
    const running = session.run();
    console.input(new TextEncoder().encode("hello\rfoo\r"));
    console.close();
    await running;
    expect(shown()).toBe(
      "\r\nXVisor# hello\r\na message\r\nhello\r\nXVisor# foo\r\nError: unknown command foo\r\nXVisor# ",
    );
  });

  it("starts a new line after Ctrl-C and stays after Ctrl-D", async () => {
    const { console, session, shown } = given();
    const running = session.run();
    console.input(new TextEncoder().encode("gues\x03\x04"));
    console.close();
    await running;
    expect(shown()).toBe("\r\nXVisor# gues^C\r\nXVisor# \r\nXVisor# ");
  });

  it("keeps typed bytes for a command that reads them, and tells of Ctrl-C once", async () => {
    const { console } = given();
    console.input(Uint8Array.of(0x61, 0x03, 0x62));
    expect([console.takeInterrupt(), console.takeInterrupt(), await console.readByte()]).toEqual([true, false, 0x62]);
  });
});
