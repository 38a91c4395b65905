import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { consoleTask, type TaskOptions } from "../../src/main/console-task.ts";
import { SharedPort, SocketTransport, StdioTransport } from "../../src/serial/index.ts";
import { parseLineMaps, SessionLog, Terminal, Timestamps } from "../../src/terminal/index.ts";

describe("what a terminal does by itself", () => {
  let folder: string;
  let board: SharedPort;
  let seen: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "komainu-task-"));
    seen = "";
    board = new SharedPort({ protocol: "raw", address: { host: "127.0.0.1", port: 0 }, log: silentLogger() });
    board.onData = (data) => board.write(`you said ${Buffer.from(data).toString("latin1").trim()}\r\n`);
    await board.start();
  });
  afterEach(async () => {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function given(options: TaskOptions, isInteractive = false) {
    const output = new PassThrough();
    output.on("data", (data) => {
      seen += data;
    });
    const port = Number(/:(\d+)$/.exec(board.description)?.[1]);
    const far = new SocketTransport({ protocol: "raw", address: { host: "127.0.0.1", port }, log: silentLogger() });
    const terminal = new Terminal({
      near: new StdioTransport({ input: new PassThrough(), output }),
      far,
      log: new SessionLog({}),
      maps: parseLineMaps(""),
      timestamps: new Timestamps(undefined, () => 0),
      escapePrefix: 20,
      showsHex: false,
    });
    const ends = {
      terminal,
      name: far.description,
      isInteractive,
      write: (data: Uint8Array) => far.write(data),
      setLine: far.setLine.bind(far),
    };
    const task = consoleTask(ends, options, "ymodem");
    const opened = new Promise<void>((resolve) => {
      far.onOpen = resolve;
    });
    const over = terminal.run();
    await opened;
    return { task, terminal, over };
  }
  const script = (text: string): string => {
    const path = join(folder, "s.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("may be a script, whose dialogue is shown and whose report comes at its end", async () => {
    const path = script("steps:\n  - line: hello\n  - expect: /^you said hello$/\n");
    const { task, terminal, over } = await given({ script: path });
    expect(await task?.run()).toBe(0);
    expect(task?.endsTerminal).toBe(true);
    expect(task?.report).toMatch(/^pass {2}.*s\.yaml \(2 steps/);
    expect(seen).toContain("you said hello");
    terminal.end("over");
    await over;
  });

  it("says its report on the screen where the terminal goes on", async () => {
    const path = script("steps: [{ line: a }, { expect: never, timeout: 100ms }]\n");
    const { task, terminal, over } = await given({ script: path, thenInteractive: true }, true);
    expect(task?.endsTerminal).toBe(false);
    expect(await task?.run()).toBe(1);
    expect(task?.report).toBe("");
    terminal.end("over");
    await over;
    expect(seen).toContain("FAIL");
    expect(seen).toMatch(/\(expect\): expected "never" on tcp:.* within 0\.1 s/);
  });

  it("ends with the terminal: interrupted by its user, failed when the line is gone", async () => {
    const path = script("steps: [{ wait: 1min }]\n");
    const quit = await given({ script: path });
    const running = quit.task?.run();
    quit.terminal.end("quits");
    quit.task?.stop(await quit.over);
    expect(await running).toBe(130);
    const gone = await given({ script: path });
    const waiting = gone.task?.run();
    await board.stop();
    const end = await gone.over;
    expect(end.by).toBe("far");
    gone.task?.stop(end);
    expect(await waiting).toBe(3);
    expect(gone.task?.report).toContain("[line-lost]");
  });

  it("may be one transfer, which is cancelled with the terminal", async () => {
    const { task, terminal, over } = await given({ receive: folder });
    const running = task?.run();
    terminal.end("quits");
    task?.stop(await over);
    await expect(running).rejects.toMatchObject({ code: "receive-cancelled" });
  });

  it("is one thing, and refused before anything is opened when it cannot be read", async () => {
    await expect(given({ send: "a", script: "b" })).rejects.toMatchObject({ code: "console-tasks-clash" });
    await expect(given({ script: join(folder, "none") })).rejects.toMatchObject({ code: "scenario-unreadable" });
    await expect(given({ script: script("steps: [{ power: on }]\n") })).rejects.toMatchObject({
      code: "step-needs-machine",
    });
    const { task, terminal, over } = await given({});
    expect(task).toBeUndefined();
    terminal.end("over");
    await over;
  });
});
