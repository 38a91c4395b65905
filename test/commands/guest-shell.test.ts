import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
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
