import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LineEvent, silentLogger } from "../../src/base/index.ts";
import { SharedPort, SocketTransport, StdioTransport } from "../../src/serial/index.ts";
import { parseLineMaps } from "../../src/terminal/line-maps.ts";
import { SessionLog } from "../../src/terminal/session-log.ts";
import { Terminal, type TerminalOptions } from "../../src/terminal/terminal.ts";
import { Timestamps } from "../../src/terminal/timestamps.ts";
import { until } from "../serial/socat-pair.ts";

describe("a serial terminal", () => {
  let folder: string;
  let board: SharedPort;
  const heard = { text: "", lines: [] as LineEvent[] };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "komainu-terminal-"));
    heard.text = "";
    heard.lines = [];
    board = new SharedPort({ protocol: "rfc2217", address: { host: "127.0.0.1", port: 0 }, log: silentLogger() });
    board.onData = (data) => {
      heard.text += Buffer.from(data).toString("latin1");
    };
    board.onLine = (event) => heard.lines.push(event);
    await board.start();
  });
  afterEach(async () => {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function given(options: Partial<TerminalOptions> = {}) {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let seen = "";
    output.on("data", (data) => {
      seen += data;
    });
    const port = Number(/:(\d+)$/.exec(board.description)?.[1]);
    const address = { host: "127.0.0.1", port };
    const far = new SocketTransport({ protocol: "rfc2217", address, log: silentLogger() });
    const terminal = new Terminal({
      near: new StdioTransport({ input, output }),
      far,
      log: new SessionLog({}),
      maps: parseLineMaps(""),
      timestamps: new Timestamps(undefined, () => 0),
      escapePrefix: 20,
      showsHex: false,
      ...options,
    });
    const over = terminal.run();
    await until(() => heard.lines.length >= 4, "the connection");
    const sees = (text: string) => until(() => seen.includes(text), `${text} in ${JSON.stringify(seen)}`);
    return { terminal, input, over, sees, seen: () => seen };
  }

  it("passes bytes both ways with maps, and writes logs", async () => {
    const raw = join(folder, "raw.log");
    const { input, sees, over } = await given({
      log: new SessionLog({ raw }),
      maps: parseLineMaps("INLCRNL,OCRNL"),
    });
    input.write("help\r");
    await until(() => heard.text === "help\n", "what is typed");
    board.write("one\ntwo\n");
    await sees("one\r\ntwo\r\n");
    input.end();
    expect((await over).reason).toBe("end of input");
    expect(readFileSync(raw, "utf8")).toBe("one\ntwo\n");
  });

  it("shows the guest's own time where the other end is ours", async () => {
    const { sees, terminal, over } = await given({ timestamps: new Timestamps("virtual", () => 0) });
    board.write("Booting Linux\r\n", 1_500_000_000);
    await sees("[    1.500000] Booting Linux\r\n");
    terminal.act("quit");
    await over;
  });

  it("does what its keys say: DTR, RTS, break, hex, help", async () => {
    const { terminal, sees, over } = await given();
    heard.lines.length = 0;
    terminal.act("dtr");
    terminal.act("rts");
    terminal.act("rts");
    terminal.act("break");
    await until(() => heard.lines.length === 5, "the line's events");
    expect(heard.lines).toEqual([
      { kind: "modem", lines: { dtr: false } },
      { kind: "modem", lines: { rts: false } },
      { kind: "modem", lines: { rts: true } },
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
    terminal.act("hex");
    board.write("0123456789abcdef");
    await sees("00000000  30 31 32");
    terminal.act("help");
    await sees("Ctrl-T q quits");
    terminal.act("timestamps");
    await sees("[times]");
    terminal.act("take");
    await until(() => heard.text === "\x14w", "the keys that take the keyboard");
    terminal.act("quit");
    expect((await over).reason).toContain("q were typed");
  });

  it("asks for a file's name and sends it to a Y-modem receiver at the other end", async () => {
    const data = Buffer.from(Array.from({ length: 5_000 }, (_, i) => i & 0xff));
    writeFileSync(join(folder, "image.bin"), data);
    const target = mkdtempSync(join(folder, "target-"));
    const receiver = spawn("rb", ["-q", "-b"], { cwd: target, stdio: "pipe" });
    board.onData = (bytes) => void receiver.stdin.write(bytes);
    receiver.stdout.on("data", (bytes: Buffer) => board.write(bytes));
    const ended = new Promise((resolve) => receiver.once("close", resolve));
    const { terminal, input, sees, over } = await given();
    terminal.act("send-ymodem");
    await sees("File to send");
    input.write(`${join(folder, "wrong")}${"\x7f".repeat(5)}image.bin\r`);
    await sees("image.bin: sent");
    await ended;
    expect(readFileSync(join(target, "image.bin")).equals(data)).toBe(true);
    terminal.act("send-ymodem");
    input.write(`${join(folder, "none")}\r`);
    await sees("cannot be read");
    terminal.act("quit");
    await over;
  });

  it("gets files from a Y-modem sender at the other end, into the folder that is typed", async () => {
    const data = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 3) & 0xff));
    writeFileSync(join(folder, "log.bin"), data);
    const target = mkdtempSync(join(folder, "target-"));
    const { terminal, input, sees, over } = await given();
    const sender = spawn("sb", ["-q", "log.bin"], { cwd: folder, stdio: "pipe" });
    sender.stdin.on("error", () => {});
    board.onData = (bytes) => void sender.stdin.write(bytes);
    sender.stdout.on("data", (bytes: Buffer) => board.write(bytes));
    terminal.act("receive-ymodem");
    await sees("Folder to receive into");
    input.write(`${target}\r`);
    await sees(`${target}/log.bin: received`);
    expect(readFileSync(join(target, "log.bin")).equals(data)).toBe(true);
    terminal.act("receive-xmodem");
    await sees("File to receive");
    input.write("\x03");
    terminal.act("quit");
    await over;
  });

  it("ends with its input only when it has nothing to do by itself any more", async () => {
    const { terminal, input, over, sees } = await given();
    let done = (): void => {};
    const task = terminal.during(
      () =>
        new Promise<void>((resolve) => {
          done = resolve;
        }),
    );
    input.end();
    board.write("still here\r\n");
    await sees("still here");
    done();
    await task;
    expect((await over).reason).toBe("end of input");
  });
});
