/** The guest on virtual ports, with the terminal programs that people use at the other end. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { TtyTransport } from "../../src/serial/index.ts";
import { hasSocat, NO_SOCAT, SocatPair, until } from "../serial/socat-pair.ts";
import { BOARD, cleanEnv, guestFolder, PROGRAM, Scratch } from "./program.ts";
import { TmuxTerminal } from "./tmux.ts";

/** Of 25 ms: only keeps a broken test from hanging. */
const MAX_TRIES = 2_400;

/** `komainu run` with its ports. */
class Board {
  errors = "";
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(...ports: string[]) {
    this.child = spawn(process.execPath, [PROGRAM, "run", BOARD, ...ports], {
      env: cleanEnv(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
  }

  said(text: string | RegExp): Promise<void> {
    return until(() => this.errors.search(text) >= 0, `${text} in: ${this.errors}`);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** What the other end shows, and waiting for it. */
class Screen {
  text = "";

  add(data: Uint8Array): void {
    this.text += Buffer.from(data).toString("latin1");
  }

  async hasLength(length: number): Promise<void> {
    for (let tries = 0; this.text.length < length; tries++) {
      if (tries > MAX_TRIES) throw new Error(`waited in vain for ${length} bytes, there are ${this.text.length}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Waits for `text` behind what was waited for last. */
  async sees(text: string | RegExp): Promise<string> {
    const find = () => (typeof text === "string" ? this.text.indexOf(text) : this.text.search(text));
    for (let tries = 0; find() < 0; tries++) {
      if (tries > MAX_TRIES) throw new Error(`waited in vain for ${text} in ${JSON.stringify(this.text.slice(-500))}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const seen = this.text;
    this.text = "";
    return seen;
  }
}

/** A program of ours at the other end, by the package serialport. */
class Line extends Screen {
  readonly transport: TtyTransport;

  private constructor(path: string) {
    super();
    this.transport = new TtyTransport({ path, baudRate: 115_200, log: silentLogger() });
    this.transport.onData = (data) => this.add(data);
  }

  /** Waits for the program before it to let go of the port. */
  static async open(path: string): Promise<Line> {
    for (let tries = 0; ; tries++) {
      const line = new Line(path);
      try {
        await line.transport.start();
        return line;
      } catch (error) {
        if ((error as { code?: string }).code !== "port-busy" || tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** socat at the other end, which keeps what arrived before it was started. */
class SocatLine extends Screen {
  private readonly child: ChildProcess;

  constructor(pair: SocatPair) {
    super();
    this.child = pair.peer("socat", "-", `FILE:${pair.theirs},raw,echo=0`);
    this.child.stdout?.on("data", (data: Buffer) => this.add(data));
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }
}

const SHELL = /\[guest0\/uart0\] \S* ?# /;

describe("a virtual port", () => {
  const scratch = new Scratch();
  const link = scratch.path("board");
  const dataLink = scratch.path("data");
  let board: Board;
  let terminal: TmuxTerminal | undefined;
  beforeAll(async () => {
    guestFolder();
    board = new Board("--serial", `pty:${link}`, "--guest-serial", `1=pty:${dataLink}`, "--guest-serial", "2=telnet:0");
    await board.said("Console on ");
  });
  afterEach(() => {
    terminal?.dispose();
    terminal = undefined;
  });
  afterAll(() => {
    board.kill();
    scratch.dispose();
  });

  it("is a console for minicom, with the guest's shell and back by ESC x q", async () => {
    terminal = new TmuxTerminal(["env", "TERM=vt102", "minicom", "-o", "-b", "115200", "-D", link]);
    const minicom = terminal;
    // What was printed before anybody connected is shown, with the prompt.
    await minicom.waitUntil(() => /^XVisor#/m.test(minicom.text()), "the prompt");
    minicom.type("guest kick guest0");
    minicom.press("Enter");
    await minicom.waitUntil(() => /guest0: Kicked/.test(minicom.text()), "the kick");
    minicom.type("vserial bind guest0/uart0");
    minicom.press("Enter");
    await minicom.waitUntil(() => /^\[guest0\/uart0\] \/ #/m.test(minicom.text()), "the shell");
    minicom.type("echo $((6*7))");
    minicom.press("Enter");
    await minicom.waitUntil(() => /^\[guest0\/uart0\] 42$/m.test(minicom.text()), "the answer");
    // Escape alone, then the letters: terminals send a lone Escape so.
    minicom.press("Escape");
    minicom.type("x");
    minicom.type("q");
    await minicom.waitUntil(
      () => /^XVisor# *$/m.test(minicom.text().slice(minicom.text().lastIndexOf("42"))),
      "ESC x q",
    );
  });

  it("serves picocom afterwards", async () => {
    terminal = new TmuxTerminal(["picocom", "-q", "-b", "115200", link]);
    const picocom = terminal;
    await picocom.waitUntil(() => {
      picocom.press("Enter");
      return /^XVisor#/m.test(picocom.text());
    }, "the prompt");
    picocom.type("ids banner");
    picocom.press("Enter");
    await picocom.waitUntil(() => /^Linux version /m.test(picocom.text()), "the banner");
  });

  it("carries 1 MB each way between the guest and the package serialport, and one who does not read holds nobody", async () => {
    const [console, data] = [await Line.open(link), await Line.open(dataLink)];
    // Bound again, it shows nothing until the shell is given a line.
    console.transport.write("vserial bind guest0/uart0\r\r");
    await console.sees(SHELL);
    const megabyte = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 131 + (i >> 8)) & 0xff));
    const digest = createHash("md5").update(megabyte).digest("hex");
    const atGuest = "stty -F /dev/ttyAMA1 raw -echo; (head -c 1000000 > /tmp/in; md5sum < /tmp/in) < /dev/ttyAMA1";
    console.transport.write(`${atGuest} & sleep 1; echo listening\r`);
    await console.sees(/\] listening/);
    data.transport.write(megabyte);
    expect(await console.sees(/[0-9a-f]{32}/)).toContain(digest);
    console.transport.write("\rcat /tmp/in > /dev/ttyAMA1; echo sent\r");
    await data.hasLength(megabyte.length);
    expect(Buffer.from(data.text, "latin1").equals(megabyte)).toBe(true);
    // With its other end stuck the guest goes on, and so does everybody.
    data.transport.pause();
    console.transport.write("\rcat /tmp/in /tmp/in /tmp/in > /dev/ttyAMA1; echo over\r");
    await console.sees(/\] over/);
    console.transport.write("\x1bxq");
    await console.sees("XVisor# ");
    await data.transport.stop();
    await console.transport.stop();
  });

  it("and one by telnet give the guest's other lines", async () => {
    const port = /The guest's 2 on telnet:127\.0\.0\.1:(\d+)/.exec(board.errors)?.[1] ?? "";
    terminal = new TmuxTerminal(["telnet", "-E", "127.0.0.1", port]);
    const telnet = terminal;
    await telnet.waitUntil(() => /^Connected to/m.test(telnet.text()), "the connection");
    const console = await Line.open(link);
    console.transport.write("\r");
    await console.sees("XVisor# ");
    console.transport.write("vserial exec guest0/uart0 (setsid sh -i < /dev/ttyAMA2 > /dev/ttyAMA2 2>&1) & sleep 1\r");
    await console.sees("XVisor# ");
    await telnet.waitUntil(() => /# *$/m.test(telnet.text()), "a shell on the line");
    telnet.type("echo $((7*191))");
    telnet.press("Enter");
    await telnet.waitUntil(() => /^1337$/m.test(telnet.text()), "the answer");
    await console.transport.stop();
  });

  it("and our own terminal shows that line with the guest's time", async () => {
    const port = /The guest's 2 on telnet:127\.0\.0\.1:(\d+)/.exec(board.errors)?.[1] ?? "";
    const words = [process.execPath, PROGRAM, "console", `telnet:127.0.0.1:${port}`, "--timestamp", "virtual"];
    terminal = new TmuxTerminal(words);
    const ours = terminal;
    await ours.waitUntil(() => /Ctrl-T q quits/.test(ours.text()), "the terminal");
    ours.type("echo $((7*6)) $((2*3))");
    ours.press("Enter");
    await ours.waitUntil(() => /^\[ *\d+\.\d{6}\] 42 6$/m.test(ours.text()), "the answer with its time");
    ours.press("C-t");
    ours.type("q");
    expect(await ours.exitCode()).toBe(0);
    const console = await Line.open(link);
    console.transport.write("\r");
    await console.sees("XVisor# ");
    console.transport.write("shutdown\r");
    expect(await board.ended).toBe(0);
    await console.transport.stop();
  });
});

describe("pulling the serial line out and plugging it in again", () => {
  let pair: SocatPair;
  let board: Board;
  beforeEach(async () => {
    if (!hasSocat) throw new Error(NO_SOCAT);
    guestFolder();
    pair = new SocatPair();
    await pair.plug();
    board = new Board("--serial", pair.ours);
    await board.said("Console on ");
  });
  afterEach(async () => {
    board.kill();
    await pair.dispose();
  });

  it("reconnects, and nothing is lost of what the guest sends meanwhile and afterwards", async () => {
    const before = new SocatLine(pair);
    before.type("\r");
    await before.sees("XVisor# ");
    before.type("guest kick guest0\rvserial bind guest0/uart0\r");
    await before.sees(SHELL);
    const lines = 1_000;
    before.type(`i=0; sleep 2; while [ $i -lt ${lines} ]; do echo line-$i-; i=$((i+1)); done\r`);
    await before.sees(/done\r/);
    await pair.unplug();
    await board.said("disconnected");
    // The guest begins to send while nobody is there.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await pair.plug();
    const after = new SocatLine(pair);
    const text = await after.sees(new RegExp(`line-${lines - 1}-[^]*# `));
    expect([...text.matchAll(/line-(\d+)-/g)].map(([, number]) => Number(number))).toEqual(
      Array.from({ length: lines }, (_, i) => i),
    );
    after.type("\x1bxq");
    await after.sees("XVisor# ");
    after.type("shutdown\r");
    expect(await board.ended).toBe(0);
  });
});
