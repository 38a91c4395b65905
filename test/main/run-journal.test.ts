/** A run at the console, typed at over a socket, and its journal replayed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { rigPower } from "../../src/main/prompt-rig.ts";
import { type RunOptions, run } from "../../src/main/run-command.ts";
import { checkJournalOptions } from "../../src/main/run-journal.ts";
import { type Journal, parseJournal, replayJournal } from "../../src/scenario/index.ts";
import { until } from "../serial/socat-pair.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

class Client {
  text = "";
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (data) => {
      this.text += data.toString("latin1");
    });
    this.socket.on("error", () => {});
  }

  type(text: string): void {
    this.socket.write(Buffer.from(text, "latin1"));
  }

  /** Waits for `text` behind what was waited for last. */
  async sees(text: string): Promise<void> {
    await until(() => this.text.includes(text), `${text} in ${JSON.stringify(this.text.slice(-300))}`);
    this.text = this.text.slice(this.text.indexOf(text) + text.length);
  }
}

describe("run --journal", () => {
  const boards: TinyBoard[] = [];
  const clients: Client[] = [];
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    for (const board of boards.splice(0)) board.dispose();
  });

  async function given(options: Partial<RunOptions> = {}) {
    const board = new TinyBoard(READY_TEXT, "echo");
    boards.push(board);
    const io = recordedIo();
    const journal = join(board.folder, "run.journal");
    const ended = run(io, {
      board: board.path,
      clock: "real",
      env: {},
      verbose: false,
      serial: "tcp:0",
      journal,
      ...options,
    });
    const portOf = async (said: RegExp): Promise<Client> => {
      await until(() => said.test(io.stderr), `${said} in ${io.stderr}`);
      const client = new Client(Number(said.exec(io.stderr)?.[1]));
      clients.push(client);
      return client;
    };
    const console = await portOf(/Console on tcp:127\.0\.0\.1:(\d+)/);
    await console.sees("XVisor# ");
    return { board, io, journal, ended, console, portOf };
  }

  const read = (path: string): Journal => parseJournal(readFileSync(path, "utf8"), path);

  /** Replays from nothing but the journal and the board's files. */
  async function expectSameRun(path: string, board: TinyBoard, engine: "jit" | "interp" = "jit"): Promise<string> {
    const power = rigPower({ env: {}, engine, bootCache: "off", bootSeconds: 5 });
    let printed = "";
    const result = await replayJournal(read(path), {
      power,
      board: board.path,
      onPrint: (byte) => {
        printed += String.fromCharCode(byte);
      },
    });
    expect(result.end).toBe("same");
    return printed;
  }

  it.each(["real", "virtual"] as const)("gives a run that replays to the same guest, with %s time", async (clock) => {
    const { board, journal, ended, console } = await given({ clock });
    console.type("guest kick guest0\r");
    await console.sees("Kicked");
    console.type("vserial bind guest0/uart0\r");
    await console.sees("/ # ");
    // Each answer is waited for, so that keys come at moments that the wall clock makes.
    for (const letter of "hello\xff") {
      console.type(letter);
      await console.sees(letter);
    }
    console.type("\x1bxq");
    await console.sees("XVisor# ");
    console.type("memory modify8 0x200000 7; sleep msecs 3; vcpu pause guest0/vcpu0\r");
    await console.sees("XVisor# ");
    console.type("vcpu resume guest0/vcpu0\r");
    await console.sees("XVisor# ");
    console.type("vserial bind guest0/uart0\rbye");
    await console.sees("bye");
    console.type("\x1bxq");
    await console.sees("XVisor# ");
    console.type("shutdown\r");
    expect(await ended).toBe(0);
    const { events } = read(journal);
    const sent = events.flatMap((event) => ("send" in event ? event.bytes : [])).join("");
    expect(sent).toBe("hello\xffbye");
    expect(events.flatMap((event) => ("command" in event ? event.command : []))).toEqual([
      "guest kick guest0",
      "memory modify8 0x200000 7",
      "sleep msecs 3",
      "vcpu pause guest0/vcpu0",
      "vcpu resume guest0/vcpu0",
      "shutdown",
    ]);
    expect(await expectSameRun(journal, board)).toBe(`${READY_TEXT}hello\xffbye`);
  });

  it("has what comes over ports of their own too: bytes, rates, breaks", async () => {
    const { board, journal, ended, console, portOf } = await given({ guestSerial: ["0=telnet:0"] });
    const line = await portOf(/The guest's 0 on telnet:127\.0\.0\.1:(\d+)/);
    console.type("guest kick guest0\r");
    await console.sees("Kicked");
    await line.sees("/ # ");
    line.type("abc");
    await line.sees("abc");
    // IAC BREAK, and what the guest has no room for at once.
    line.type("\xff\xf3");
    line.type("x".repeat(3_000));
    await line.sees("x".repeat(3_000));
    console.type("shutdown\r");
    expect(await ended).toBe(0);
    const { events } = read(journal);
    expect(events.some((event) => "line" in event && event.event.kind === "break")).toBe(true);
    expect(events.flatMap((event) => ("send" in event ? event.bytes : [])).join("")).toBe(`abc${"x".repeat(3_000)}`);
    await expectSameRun(journal, board);
  });

  it("has a journal for each life of the board, and leaves nothing half written", async () => {
    const { board, io, journal, ended, console } = await given();
    console.type("guest kick guest0\r");
    await console.sees("Kicked");
    console.type("reset\r");
    await console.sees("Komainu v");
    await console.sees("XVisor# ");
    console.type("guest kick guest0\r");
    await console.sees("Kicked");
    console.type("shutdown\r");
    expect(await ended).toBe(0);
    expect(readdirSync(board.folder).filter((name) => name.includes("journal"))).toEqual([
      "run.journal",
      "run.journal.2",
    ]);
    for (const path of [journal, `${journal}.2`]) {
      expect(io.stderr).toContain(`Journal: komainu replay ${path}\n`);
      await expectSameRun(path, board, "interp");
    }
  });

  it("goes another way, and says so, when an input is another", async () => {
    const { board, journal, ended, console } = await given();
    console.type("guest kick guest0\rvserial bind guest0/uart0\r");
    await console.sees("/ # ");
    console.type("a");
    await console.sees("a");
    console.type("\x1bxqshutdown\r");
    expect(await ended).toBe(0);
    const good = read(journal);
    const events = good.events.map((event) => ("send" in event ? { ...event, bytes: "b" } : event));
    const power = rigPower({ env: {}, engine: "jit", bootCache: "off", bootSeconds: 5 });
    const other = replayJournal({ ...good, events }, { power, board: board.path });
    await expect(other).rejects.toMatchObject({ code: "replay-diverged" });
  });

  it("does not offer to go back in time, and refuses what it could not repeat", async () => {
    const { ended, console, journal } = await given();
    console.type("snapshot list\r");
    await console.sees("failed");
    console.type("shutdown\r");
    expect(await ended).toBe(0);
    expect(existsSync(journal)).toBe(true);
    expect(() => checkJournalOptions({ disk: "x", fromSnapshot: "y" })).toThrow(
      expect.objectContaining({
        code: "journal-needs-plain-start",
        message: expect.stringContaining("--disk, --from-snapshot"),
      }),
    );
    const board = new TinyBoard(READY_TEXT, "echo");
    boards.push(board);
    const start = (options: Partial<RunOptions>) =>
      run(recordedIo(), { board: board.path, clock: "real", env: {}, verbose: false, serial: "tcp:0", ...options });
    await expect(start({ journal: "/nonexistent/x" })).rejects.toMatchObject({
      code: "report-unwritable",
      exitCode: 3,
    });
    await expect(start({ journal: "x", gdb: 0 })).rejects.toMatchObject({ code: "journal-needs-plain-start" });
  });
});
