import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Logger, type LogRecord } from "../../src/base/index.ts";
import { debuggeeOf } from "../../src/gdb/debuggee.ts";
import { encodePacket, PacketReader } from "../../src/gdb/packet.ts";
import { GdbServer } from "../../src/gdb/server.ts";
import { echoProgram, givenControl, LOOP_ADDRESS } from "./control-bench.ts";

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function given() {
  const bench = givenControl(echoProgram);
  bench.control.detach();
  const logged: LogRecord[] = [];
  const server = new GdbServer(
    debuggeeOf(bench.machine, bench.control, () => {}),
    new Logger("", (record) => logged.push(record)),
  );
  const port = await server.start(0);
  stops.push(() => server.stop());
  // As the driver does: slices while the guest is not held, and turns of the event loop between them.
  let isOver = false;
  stops.push(() => {
    isOver = true;
  });
  const drive = (): void => {
    if (isOver) return;
    if (!bench.control.isHeld) bench.control.runSlice(1_000, { skipIdle: true });
    setImmediate(drive);
  };
  drive();
  return { ...bench, server, port, logged };
}

class Client {
  readonly socket: Socket;
  private readonly reader = new PacketReader();
  private readonly texts: string[] = [];
  private waiting: (() => void) | undefined;
  isClosed = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("data", (data) => {
      for (const received of this.reader.take(data)) {
        this.texts.push(received.kind === "packet" ? received.data.toString("latin1") : received.kind);
      }
      this.waiting?.();
    });
    this.socket.on("close", () => {
      this.isClosed = true;
      this.waiting?.();
    });
    stops.push(() => void this.socket.destroy());
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  async next(): Promise<string> {
    while (this.texts.length === 0 && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    return this.texts.shift() ?? "closed";
  }

  ask(packet: string): Promise<string> {
    this.send(encodePacket(packet));
    return this.next();
  }
}

describe("the debugger's port", () => {
  it("holds the guest from the moment somebody comes until they leave", async () => {
    const { control, port } = await given();
    expect(control.isHeld).toBe(false);
    const client = new Client(port);
    expect(await client.ask("?")).toBe("T05thread:1;");
    expect(control.isHeld).toBe(true);
    expect(await client.ask("D")).toBe("OK");
    expect(await client.next()).toBe("closed");
    while (control.isHeld) await new Promise((resolve) => setImmediate(resolve));
  });

  it("takes the interrupt character while the guest runs", async () => {
    const { port, instruction } = await given();
    const client = new Client(port);
    await client.ask("?");
    const before = instruction();
    client.send(encodePacket("c"));
    while (instruction() < before + 5_000) await new Promise((resolve) => setImmediate(resolve));
    client.send("\x03");
    expect(await client.next()).toBe("T02thread:1;");
    expect(await client.ask("m8000,4")).toBe("0112a0e3");
  });

  it("tells of a stop when it comes", async () => {
    const { port } = await given();
    const client = new Client(port);
    expect(await client.ask(`Z0,${LOOP_ADDRESS.toString(16)},4`)).toBe("OK");
    expect(await client.ask("c")).toBe("T05thread:1;");
    expect(await client.ask("pf")).toBe("20800000");
  });

  it("asks for a damaged packet again, and repeats what came damaged", async () => {
    const { port } = await given();
    const client = new Client(port);
    client.send("$?#00");
    expect(await client.next()).toBe("nack");
    expect(await client.ask("qC")).toBe("QC1");
    client.send("-");
    expect(await client.next()).toBe("QC1");
  });

  it("is for one: a second is sent away, and may come when the first has left", async () => {
    const { port, logged } = await given();
    const first = new Client(port);
    await first.ask("?");
    const second = new Client(port);
    expect(await second.next()).toBe("closed");
    expect(logged.some(({ message }) => message.includes("second debugger"))).toBe(true);
    first.socket.destroy();
    for (let answer = "closed"; answer === "closed"; ) answer = await new Client(port).ask("qC");
  });

  it("stands noise and what never ends", async () => {
    const { port } = await given();
    const client = new Client(port);
    await client.ask("qC");
    client.send(Buffer.alloc(5_000, 0xff));
    client.send(`$${"x".repeat(40_000)}`);
    client.send("#00");
    for (let answer = ""; answer !== "QC1"; ) answer = await client.ask("qC");
  });

  it("hangs up on a browser, whatever packets its request carries", async () => {
    const { port, control } = await given();
    const client = new Client(port);
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n$M8000,4:00000000#aa");
    expect(await client.next()).toBe("closed");
    while (control.isHeld) await new Promise((resolve) => setImmediate(resolve));
  });

  it("that is taken is an error that says so", async () => {
    const { port, machine, control } = await given();
    const other = new GdbServer(
      debuggeeOf(machine, control, () => {}),
      new Logger("", () => {}),
    );
    await expect(other.start(port)).rejects.toMatchObject({ code: "gdb-port-unusable", exitCode: 3 });
  });
});
