import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkStdio, parseGuestSerial } from "../../src/main/guest-serial.ts";
import { type RunOptions, run } from "../../src/main/run-command.ts";
import { parseSerialSpec } from "../../src/serial/index.ts";
import { until } from "../serial/socat-pair.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

describe("--guest-serial", () => {
  it("is a port of the guest and where it is to be", () => {
    expect(parseGuestSerial("1=pty:/tmp/x=y")).toEqual({ port: "1", spec: { kind: "pty", link: "/tmp/x=y" } });
    expect(parseGuestSerial("uart0=tcp:0").port).toBe("uart0");
    for (const text of ["pty", "=pty", "1=", "a b=pty"]) {
      expect(() => parseGuestSerial(text)).toThrow(expect.objectContaining({ code: "guest-serial-invalid" }));
    }
    expect(() => parseGuestSerial("1=com1")).toThrow(expect.objectContaining({ code: "serial-spec-invalid" }));
  });

  it("cannot share the standard streams", () => {
    const stdio = parseSerialSpec("stdio");
    expect(() => checkStdio(stdio, [parseGuestSerial("0=stdio")])).toThrow(
      expect.objectContaining({ code: "stdio-twice" }),
    );
    expect(() => checkStdio(parseSerialSpec("pty"), [parseGuestSerial("0=stdio")])).not.toThrow();
  });
});

class Terminal {
  readonly socket: Socket;
  text = "";

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (data) => {
      this.text += data.toString("latin1");
    });
    this.socket.on("error", () => {});
  }

  sees(text: string): Promise<void> {
    return until(() => this.text.includes(text), `${text} in ${JSON.stringify(this.text.slice(-300))}`);
  }
}

describe("a guest's UART on a port of its own", () => {
  const terminals: Terminal[] = [];
  let board: TinyBoard | undefined;
  afterEach(() => {
    for (const { socket } of terminals.splice(0)) socket.destroy();
    board?.dispose();
  });

  async function given(options: Partial<RunOptions>) {
    const io = recordedIo();
    board = new TinyBoard(READY_TEXT, "echo");
    const ended = run(io, {
      board: board.path,
      clock: "virtual",
      env: {},
      verbose: false,
      serial: "tcp:0",
      guestSerial: ["0=tcp:0"],
      ...options,
    });
    const port = (pattern: RegExp) => Number(pattern.exec(io.stderr)?.[1]);
    await until(() => io.stderr.includes("The guest's 0 on"), io.stderr);
    const join = (pattern: RegExp) => {
      const terminal = new Terminal(port(pattern));
      terminals.push(terminal);
      return terminal;
    };
    const console = join(/Console on tcp:127\.0\.0\.1:(\d+)/);
    const guest = join(/The guest's 0 on tcp:127\.0\.0\.1:(\d+)/);
    await console.sees("XVisor# ");
    return { io, ended, console, guest };
  }

  it("carries what the guest prints and gets, while the console is free for commands", async () => {
    const { ended, console, guest } = await given({});
    console.socket.write("guest kick guest0\r");
    await guest.sees("guest ready\r\n/ # ");
    guest.socket.write("typed at the guest");
    await guest.sees("/ # typed at the guest");
    console.socket.write("vserial bind guest0/uart0\r");
    await console.sees("found it bound to another console");
    console.socket.write("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("comes back with a guest that was destroyed and created again", async () => {
    const { ended, console, guest } = await given({});
    console.socket.write("guest destroy guest0\rguest create guest0\rguest kick guest0\r");
    await guest.sees("guest ready");
    guest.socket.write("again");
    await guest.sees("/ # again");
    console.socket.write("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("is as slow as its rate with pacing, in virtual time", async () => {
    const { ended, console, guest } = await given({ baudPacing: true });
    console.socket.write("guest kick guest0\r");
    // This guest does not look whether the transmitter is free: of its text only what the line could take goes out.
    await guest.sees("he");
    guest.socket.write("slowly");
    await guest.sees("slowly");
    expect(guest.text).toBe("hello\r\nkomainu: gslowly");
    console.socket.write("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("that cannot be opened lets go of the others", async () => {
    board = new TinyBoard(READY_TEXT, "echo");
    const link = join(board.folder, "console");
    const options = { board: board.path, clock: "virtual" as const, env: {}, verbose: false, serial: `pty:${link}` };
    const nowhere = join(board.folder, "no/such/folder");
    await expect(run(recordedIo(), { ...options, guestSerial: [`0=pty:${nowhere}`] })).rejects.toMatchObject({
      code: "link-unusable",
    });
    expect(existsSync(link)).toBe(false);
  });

  it("that the guest has not is refused by name", async () => {
    board = new TinyBoard(READY_TEXT, "echo");
    const options = { board: board.path, clock: "virtual" as const, env: {}, verbose: false, serial: "tcp:0" };
    await expect(run(recordedIo(), { ...options, guestSerial: ["9=tcp:0"] })).rejects.toMatchObject({
      code: "guest-port-missing",
      message: expect.stringContaining("uart0"),
    });
  });
});
