import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { remoteFilter } from "../../src/commands/index.ts";
import { TerminalConsole } from "../../src/shell/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const PROMPT = "/ # \x1b[6n";
const COLUMNS = 80;

/** A guest that runs each line it gets in a real shell, and echoes it as a line editor on a terminal of 80 columns does. */
class ShellGuest {
  readonly received: number[] = [];
  onDrained = (): void => {};
  readonly space = 64;
  private readonly bench: ConsoleBench;
  private line = "";
  private toSend: number[] = [];

  constructor(bench: ConsoleBench) {
    this.bench = bench;
    bench.hv.findSerialPort("guest0/uart0")?.connect(this);
    bench.hv.guests[0].kick();
    bench.onStep = () => this.step();
  }

  receive(byte: number): void {
    this.received.push(byte);
    if (byte === 0x15) this.line = "";
    else if (byte === 0x0d) this.execute();
    else {
      this.line += String.fromCharCode(byte);
      this.print(String.fromCharCode(byte));
      if ((this.line.length + 4) % COLUMNS === 0) this.print("\r\n");
    }
  }

  print(text: string): void {
    this.toSend.push(...encode(text));
  }

  private execute(): void {
    const { stdout } = spawnSync("sh", ["-c", this.line], { encoding: "utf8" });
    this.line = "";
    this.print(`\r\n${stdout.replaceAll("\n", "\r\n")}${PROMPT}`);
  }

  /** A millisecond of the guest: eleven characters at 115200 baud. */
  private step(): void {
    for (const byte of this.toSend.splice(0, 11)) this.bench.hv.findSerialPort("guest0/uart0")?.transmit(byte);
  }
}

describe("vserial exec", () => {
  const exec = async (command: string) => {
    const bench = new ConsoleBench();
    const guest = new ShellGuest(bench);
    return { ...(await bench.run(`vserial exec guest0/uart0 ${command}`)), bench, guest };
  };

  it.each([
    ["echo hello", "hello\n"],
    ["printf 'no line end'", "no line end"],
    ["for i in 1 2 3; do echo $i; done", "1\n2\n3\n"],
    ["echo 'it'\\''s'; echo \"$HOME\" | wc -l", "it's\n1\n"],
    ["sleep 0 & wait; echo done # a comment", "done\n"],
    [`echo ${"long ".repeat(60)}| wc -c`, "300\n"],
    ["echo '<k0>' '<k0:7>'; echo two", "<k0> <k0:7>\ntwo\n"],
    ["true", ""],
  ])("prints exactly what %s prints", async (command, output) => {
    const { code, text } = await exec(command);
    expect([code, text]).toEqual([0, output]);
  });

  it("takes the guest's exit status as its code", async () => {
    const { code, text } = await exec("echo before; exit_with() { return 3; }; exit_with");
    expect([code, text]).toEqual([3, "before\nError: command vserial failed (code 3)\n"]);
  });

  it("leaves no prompt and no query behind for the next listener", async () => {
    const { bench } = await exec("echo hello");
    expect(bench.hv.findSerialPort("guest0/uart0")?.backlog()).toHaveLength(0);
  });

  it("gives output and status as data", async () => {
    const bench = new ConsoleBench();
    new ShellGuest(bench);
    expect(await bench.data("vserial exec guest0/uart0 echo hi")).toEqual({ output: "hi\n", status: 0 });
  });

  it("says after a minute of silence that no shell answered", async () => {
    const bench = new ConsoleBench();
    bench.hv.guests[0].kick();
    const { code, text } = await bench.run("vserial exec guest0/uart0 ls");
    expect(code).toBe(-11);
    expect(text).toContain("expected a shell prompt on guest0/uart0, found no answer for 60 s of virtual time\n");
  });

  it("refuses when the guest does not run, when the port is bound, and lines no shell takes", async () => {
    const bench = new ConsoleBench();
    expect((await bench.run("vserial exec guest0/uart0 ls")).text).toContain(
      "expected guest0/vcpu0 to run, found it Reset\n",
    );
    const guest = new ShellGuest(bench);
    expect((await bench.run(`vserial exec guest0/uart0 echo ${"x".repeat(1000)}`)).code).toBe(-6);
    const stop = bench.hv.findSerialPort("guest0/uart0")?.listen(() => {});
    expect((await bench.run("vserial exec guest0/uart0 ls")).code).toBe(-5);
    stop?.();
    expect(guest.received).toEqual([]);
  });

  it("gives up on Ctrl-C and passes it on", async () => {
    const bench = new ConsoleBench();
    bench.hv.guests[0].kick();
    const received: number[] = [];
    const uart = { space: 100, receive: (byte: number) => received.push(byte), onDrained: () => {} };
    bench.hv.findSerialPort("guest0/uart0")?.connect(uart);
    const console = new TerminalConsole({ output: () => {}, usesCarriageReturn: false });
    bench.onStep = () => {
      if (bench.board.nowNs === 3e9) console.input(Uint8Array.of(3));
    };
    expect(await bench.manager.execute(bench.context(console), "vserial exec guest0/uart0 cat")).toBe(-34);
    expect(received.at(-1)).toBe(3);
  });
});

describe("vserial bind", () => {
  const given = () => {
    const bench = new ConsoleBench();
    let shown = "";
    const console = new TerminalConsole({
      output: (bytes) => {
        shown += new TextDecoder().decode(bytes);
      },
      usesCarriageReturn: true,
    });
    const port = bench.hv.findSerialPort("guest0/uart0");
    if (port === undefined) throw new Error("the bench has a serial port");
    const received: number[] = [];
    port.connect({ space: 100, receive: (byte: number) => received.push(byte), onDrained: () => {} });
    const guestSays = async (text: string): Promise<void> => {
      for (const byte of encode(text)) port.transmit(byte);
      await Promise.resolve();
    };
    const running = bench.manager.execute(bench.context(console), "vserial bind guest0/uart0");
    const quit = async (): Promise<number> => {
      console.input(encode("\x1bxq"));
      return running;
    };
    return { bench, console, port, guestSays, quit, shown: () => shown, sent: () => String.fromCharCode(...received) };
  };

  it("prefixes every guest line and leaves on ESC x q with nothing of it sent", async () => {
    const { console, guestSays, quit, shown, sent } = given();
    await guestSays("one\r\ntwo");
    console.input(encode("ls\r"));
    expect(await quit()).toBe(0);
    expect(shown()).toBe("[guest0/uart0] one\r[guest0/uart0] \r\n[guest0/uart0] two\r\n");
    expect(sent()).toBe("ls\r");
  });

  it("replays the backlog first", async () => {
    const bench = new ConsoleBench();
    for (const byte of encode("booted\n")) bench.hv.findSerialPort("guest0/uart0")?.transmit(byte);
    expect(await bench.text("vserial bind guest0/uart0")).toBe("[guest0/uart0] booted\n[guest0/uart0] \n");
  });

  it("refuses a second binding", async () => {
    const { bench, quit } = given();
    expect((await bench.run("vserial bind guest0/uart0")).code).toBe(-5);
    await quit();
    expect((await bench.run("vserial bind guest0/uart0")).code).toBe(0);
  });

  it("forwards other sequences whole, split or not", async () => {
    const { console, quit, sent } = given();
    console.input(encode("\x1b[A\x1b"));
    console.input(encode("xy\x1bOP\x1b"));
    console.input(encode("z"));
    await quit();
    expect(sent()).toBe("\x1b[A\x1bxy\x1bOP\x1bz");
  });

  it("moves cursor positions right and position reports left by the prefix", async () => {
    const { console, guestSays, quit, shown, sent } = given();
    await guestSays("\x1b[2;5H\x1b[H\x1b[3;1f\x1b[31m");
    console.input(encode("\x1b[24;20R"));
    await quit();
    expect(shown()).toContain("\x1b[2;20H\x1b[1;16H\x1b[3;16f\x1b[31m");
    expect(sent()).toBe("\x1b[24;5R");
  });

  it("passes sequences without an end on after 32 bytes", async () => {
    const { guestSays, quit, shown } = given();
    await guestSays(`\x1b[${"1".repeat(40)}`);
    await quit();
    expect(shown()).toContain(`\x1b[${"1".repeat(40)}`);
  });
});

describe("vserial", () => {
  it("lists ports and dumps a backlog without taking it", async () => {
    const bench = new ConsoleBench();
    for (const byte of encode("Linux version\n")) bench.hv.findSerialPort("guest0/uart0")?.transmit(byte);
    expect(await bench.data("vserial list")).toEqual([{ name: "guest0/uart0" }]);
    expect(await bench.text("vserial dump guest0/uart0 8")).toBe("version\n");
    expect(await bench.text("vserial dump guest0/uart0")).toBe("Linux version\n");
    expect(await bench.run("vserial dump guest0/uart9")).toEqual({
      code: -1,
      text: "Failed to find virtual serial port\nError: command vserial failed (code -1)\n",
    });
  });

  it("keeps bind and dump from remote consoles", () => {
    const refused = ["vserial bind a", "vserial dump a", "vserial list", "vserial exec a b", "echo bind"].map((line) =>
      remoteFilter(line.split(" ")),
    );
    expect(refused).toEqual([true, true, false, false, false]);
  });

  it("completes port names", () => {
    const bench = new ConsoleBench();
    const context = bench.context({} as never);
    expect(bench.manager.complete(context, "vserial bind g").candidates).toEqual(["guest0/uart0"]);
  });
});
