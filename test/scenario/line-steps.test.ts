import { describe, expect, it } from "vitest";
import { LineSession } from "../../src/scenario/line-session.ts";
import { runLineStep } from "../../src/scenario/line-steps.ts";
import { parseScript } from "../../src/scenario/parse-script.ts";
import { JumpingClock, PeerLine, realShell } from "./scripted-line.ts";

const given = (answer?: (line: string) => string) => {
  const line = new PeerLine(answer);
  const session = new LineSession(line, new JumpingClock(), { forbid: [], hostTimeoutMs: undefined });
  line.onData = (data) => session.arrived(data);
  const run = async (...steps: string[]): Promise<void> => {
    const [script] = parseScript(`steps:\n${steps.map((step) => `  - { ${step} }\n`).join("")}`, "t.yaml");
    for (const step of script.steps) await runLineStep({ session, timeoutNs: script.timeoutNs, folder: "/f" }, step);
  };
  return { line, session, run };
};

describe("a step on a real line", () => {
  it("types text and lines, in UTF-8", async () => {
    const { line, run } = given();
    await run('send: "\\x03"', "line: ünder");
    expect(line.written).toEqual(["\x03", "ünder\r"]);
  });

  it("expects patterns in turn, each from where the last one ended", async () => {
    const { run } = given(() => "one\r\ntwo\r\n# ");
    await run("line: go", "expect: [/^one$/, two]");
    await expect(run("expect: one, timeout: 1s")).rejects.toThrow(
      'expected "one" on desk within 1 s, found that it did not come',
    );
  });

  it("fails when what must not come comes in its time", async () => {
    const { line, run } = given();
    await run("never: x, for: 5s");
    setImmediate(() => line.say("x"));
    await expect(run("never: x, for: 5s")).rejects.toThrow('expected no "x" on desk, found "x"');
  });

  it("runs commands at the shell of the other end and compares exit code and output", async () => {
    const { run } = given(realShell);
    await run("shell: echo hello; exit_code=7, output: /^hello$/", "shell: 'true # with a comment'");
    await run("shell: sh -c 'exit 3', exit: 3");
    await expect(run("shell: sh -c 'echo why; exit 3'")).rejects.toThrow(
      /expected exit code 0 of ".*", found 3, and the output "why\\n"/,
    );
    await expect(run("shell: echo a, output: b")).rejects.toThrow('output of "echo a" with "b"');
    await expect(run("shell: echo a, not: a")).rejects.toThrow('without "a"');
  });

  it("tells a command that does not end from a line without a shell, and breaks it off", async () => {
    const hanging = given((line) => `${/^echo '<'(\w+)'>'/.exec(line)?.[1].replace(/^(.*)$/, "<$1>")}\r\nworking\r\n`);
    await expect(hanging.run("shell: sleep 1000, timeout: 2s")).rejects.toThrow(
      'expected "sleep 1000" to end within 2 s, found that it did not, and the output "working\\n"',
    );
    expect(hanging.line.written.at(-1)).toBe("\x03");
    await expect(given().run("shell: ls, timeout: 2s")).rejects.toThrow("found no answer of a shell");
    await expect(given().run(`shell: ${"x".repeat(1_100)}`)).rejects.toThrow("at most 1000");
  });

  it("sets the modem lines, sends a break, and waits", async () => {
    const { line, session, run } = given();
    await run("modem: { dtr: off, rts: on }", "break: 300ms", "wait: 2s");
    expect(line.events).toEqual([
      { kind: "modem", lines: { dtr: false, rts: true } },
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
    expect(session.nowNs).toBe(2.3e9);
  });

  it("sends and receives files, whose names begin beside the script", async () => {
    const { line, run } = given();
    await run("upload: image.bin, protocol: xmodem", "download: /logs, force: true");
    expect(line.transfers).toEqual(["up /f/image.bin xmodem", "down /logs ymodem true"]);
  });
});
