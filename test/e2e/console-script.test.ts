/** `komainu console` with scripts and files, on Komainu's own console and on lines with a shell or lrzsz at their end. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { READY_TEXT, TinyBoard } from "../main/tiny-board.ts";
import { until } from "../serial/socat-pair.ts";
import { cleanEnv, komainu, PROGRAM, Scratch } from "./program.ts";
import { TmuxTerminal } from "./tmux.ts";

describe("komainu console", () => {
  const children: ChildProcess[] = [];
  const boards: TinyBoard[] = [];
  const scratches: Scratch[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    for (const board of boards.splice(0)) board.dispose();
    for (const scratch of scratches.splice(0)) scratch.dispose();
  });

  const folder = (): Scratch => {
    const scratch = new Scratch();
    scratches.push(scratch);
    return scratch;
  };
  const start = (program: string, ...args: string[]): ChildProcess => {
    const child = spawn(program, args, { env: cleanEnv(), stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    return child;
  };

  /** Komainu's console on a port; answers where. */
  async function givenConsole(serial: string): Promise<string> {
    const board = new TinyBoard(READY_TEXT, "echo");
    boards.push(board);
    const child = start(process.execPath, PROGRAM, "run", board.path, "--serial", serial);
    let errors = "";
    child.stderr?.on("data", (data) => {
      errors += data;
    });
    await until(() => errors.includes("Console on "), `the console: ${errors}`);
    return /Console on (?:virtual port )?([^\s;(,]+)/.exec(errors)?.[1] ?? "";
  }

  /** A pseudo-terminal with a program at its other end. */
  async function givenLine(scratch: Scratch, words: string, more = ""): Promise<string> {
    const link = scratch.path("line");
    start("socat", `pty,raw,echo=0,link=${link}`, `EXEC:${words}${more}`);
    await until(() => existsSync(link), "the line");
    return link;
  }

  const SCRIPT = `
timeout: 30s
steps:
  - line: ""
  - expect: "XVisor# "
  - line: guest kick guest0
  - expect: "guest0: Kicked"
  - line: vserial bind guest0/uart0
  - expect: /^\\[guest0.uart0\\] / #/
  - send: abc
  - expect: "/ # abc"
  - send: "\\e"
  - send: x
  - send: q
  - expect: "XVisor# "
  - line: vcpu list
  - expect: [guest0/vcpu0, "XVisor# "]
`;

  it.each(["tcp:0", "telnet:0", "pty:LINK"])("runs a script on our own console at %s", async (serial) => {
    const scratch = folder();
    const script = scratch.path("session.yaml");
    writeFileSync(script, SCRIPT);
    const link = scratch.path("board");
    const where = await givenConsole(serial.replace("LINK", link));
    const log = scratch.path("log");
    const port = serial.startsWith("pty") ? link : where;
    const { code, stdout, stderr } = await komainu(["console", port, "--script", script, "--log-stripped", log]);
    expect(stderr).toMatch(/^pass {2}.*session\.yaml \(14 steps, /m);
    expect(code).toBe(0);
    expect(stdout).toContain("guest0: Kicked");
    expect(readFileSync(log, "utf8")).toContain("guest0/vcpu0");
  });

  it("tells what came instead, and ends with 1; with 42 when the time is up; with 2 before anything is opened", async () => {
    const scratch = folder();
    const line = await givenLine(scratch, "'sh -i'", ",pty,setsid,ctty,stderr");
    const run = async (text: string) => {
      const script = scratch.path("s.yaml");
      writeFileSync(script, text);
      return await komainu(["console", line, "--script", script]);
    };
    const failed = await run("steps:\n  - shell: echo hello world\n  - line: echo bye world\n  - expect: { }\n");
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining("s.yaml:4:")]);
    const wrong = await run(
      "steps:\n  - shell: echo hello; exit_code=0\n    output: hello\n  - line: echo bye world\n  - expect: /^by worlt$/\n    timeout: 1s\n",
    );
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('s.yaml:5:5 (expect): expected "/^by worlt$/" on ');
    expect(wrong.stderr).toMatch(/nearest line, at \d+\.\d{3} s: bye world/);
    expect(wrong.stderr).not.toContain("instruction");
    const late = await run("hostTimeout: 500ms\nsteps: [{ wait: 1min }]\n");
    expect(late.code).toBe(42);
    const machine = await run("steps: [{ register: PC }]\n");
    expect(machine.code).toBe(2);
    expect(machine.stderr).toContain("[step-needs-machine]");
  });

  it("goes on as a terminal behind a script, when that is wanted", async () => {
    const scratch = folder();
    const line = await givenLine(scratch, "'sh -i'", ",pty,setsid,ctty,stderr");
    const script = scratch.path("s.yaml");
    writeFileSync(script, "steps:\n  - shell: cd /tmp && pwd\n    output: /tmp\n");
    const words = [process.execPath, PROGRAM, "console", line, "--script", script, "--then-interactive"];
    const terminal = new TmuxTerminal(words);
    try {
      await terminal.waitUntil(() => /^pass {2}.*s\.yaml/m.test(terminal.text()), "the report");
      terminal.type("echo $((6*7))");
      terminal.press("Enter");
      await terminal.waitUntil(() => /^42$/m.test(terminal.text()), "the answer");
      terminal.press("C-t", "q");
      expect(await terminal.exitCode()).toBe(0);
    } finally {
      terminal.dispose();
    }
  });

  it("receives files from lrzsz, and sends one back, by a script and by options", async () => {
    const scratch = folder();
    const data = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 131 + (i >> 8)) & 0xff));
    writeFileSync(scratch.path("log.bin"), data);
    mkdirSync(scratch.path("in"));
    const first = await givenLine(scratch, `'sb -q ${scratch.path("log.bin")}'`);
    const byOption = await komainu(["console", first, "--receive", scratch.path("in"), "--no-reconnect"]);
    expect(byOption).toMatchObject({ code: 0 });
    expect(readFileSync(scratch.path("in/log.bin")).equals(data)).toBe(true);
    const other = folder();
    const second = await givenLine(other, "'sh -i'", ",pty,setsid,ctty,stderr");
    const script = other.path("s.yaml");
    mkdirSync(other.path("remote"));
    writeFileSync(other.path("up.bin"), data);
    writeFileSync(
      script,
      `timeout: 30s
steps:
  - shell: cd ${other.path("remote")}
  - line: stty raw -echo; rb -q; sb -q up.bin; stty sane
  - wait: 300ms
  - upload: up.bin
  - download: .
  - expect: "# "
  - shell: cmp up.bin ../up.bin.1
`,
    );
    const { code, stderr } = await komainu(["console", second, "--script", script]);
    expect(stderr).toContain("pass");
    expect(code).toBe(0);
    expect(readFileSync(other.path("up.bin.1")).equals(data)).toBe(true);
  });
});
