import { describe, expect, it } from "vitest";
import { remoteFilter } from "../../src/commands/index.ts";
import { TerminalConsole } from "../../src/shell/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

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

  it("types as fast as the guest takes it, and loses nothing of a long paste", async () => {
    const { bench, console, port, quit } = given();
    const received: number[] = [];
    const uart = {
      space: 0,
      receive: (byte: number) => {
        uart.space--;
        received.push(byte);
      },
      onDrained: () => {},
    };
    port.connect(uart);
    // The guest reads sixteen characters at each step of time.
    bench.onStep = () => {
      uart.space = 16;
      uart.onDrained();
    };
    const text = Array.from({ length: 3_000 }, (_, i) => `line ${i}\r`).join("");
    console.input(encode(text));
    expect(await quit()).toBe(0);
    for (let step = 0; step < 1_000; step++) bench.onStep();
    expect(String.fromCharCode(...received.slice(0, 100))).toBe(text.slice(0, 100));
    expect(received).toHaveLength(text.length);
  });

  it("comes back on ESC x q from a guest that takes nothing", async () => {
    const { console, port, quit } = given();
    port.connect({ space: 0, receive: () => {}, onDrained: () => {} });
    console.input(encode("x".repeat(30_000)));
    expect(await quit()).toBe(0);
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
