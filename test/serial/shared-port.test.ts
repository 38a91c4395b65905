import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import type { LineEvent, LogRecord } from "../../src/base/index.ts";
import { Logger } from "../../src/base/index.ts";
import { MAX_CLIENTS, SharedPort, type SharedPortOptions } from "../../src/serial/shared-port.ts";
import { until } from "./socat-pair.ts";

/** An address of this machine that is not the loopback: who comes by it counts as another machine. */
const outerAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

class Client {
  readonly socket: Socket;
  text = "";
  isClosed = false;

  constructor(host: string, port: number, { reads = true } = {}) {
    this.socket = connect(port, host);
    if (reads) {
      this.socket.on("data", (data) => {
        this.text += data.toString("latin1");
      });
    }
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
    });
  }

  type(text: string): void {
    this.socket.write(text);
  }

  sees(text: string): Promise<void> {
    return until(() => this.text.includes(text), `${text} in ${JSON.stringify(this.text.slice(-300))}`);
  }
}

describe("a port for several clients", () => {
  const ports: SharedPort[] = [];
  const clients: Client[] = [];
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    for (const port of ports.splice(0)) await port.stop();
  });

  async function given(options: Partial<SharedPortOptions> = {}) {
    const said: LogRecord[] = [];
    const heard = { text: "", lines: [] as LineEvent[], opened: 0, closed: [] as boolean[] };
    const host = (options.address as { host: string } | undefined)?.host ?? "127.0.0.1";
    const port = new SharedPort({
      protocol: "raw",
      address: { host, port: 0 },
      log: new Logger("serial", (record) => said.push(record)),
      ...options,
    });
    ports.push(port);
    port.onData = (data) => {
      heard.text += Buffer.from(data).toString("latin1");
    };
    port.onLine = (event) => heard.lines.push(event);
    port.onOpen = () => {
      heard.opened++;
    };
    port.onClose = ({ final }) => heard.closed.push(final);
    await port.start();
    const number = Number(/:(\d+)$/.exec(port.description)?.[1]);
    const join = async (from = host, how = {}, isWelcome = true) => {
      const client = new Client(from, number, how);
      clients.push(client);
      if (isWelcome) await until(() => client.socket.readyState === "open", "a connection");
      return client;
    };
    return { port, heard, said, join };
  }

  it("gives everything to everybody, and the keyboard to one of them", async () => {
    const { port, heard, join } = await given();
    const [a, b] = [await join(), await join()];
    a.type("from a");
    await until(() => heard.text === "from a", "what a types");
    b.type("from b");
    await b.sees("types; Ctrl-T w takes the keyboard]");
    b.type("\x14w");
    await Promise.all([b.sees("the keyboard is yours"), a.sees("has taken the keyboard")]);
    b.type("now b");
    await until(() => heard.text === "from anow b", "what b types");
    port.write("for both");
    await Promise.all([a.sees("for both"), b.sees("for both")]);
  });

  it("keeps what nobody heard for the first that comes, and what one had not taken for the next", async () => {
    const { port, heard, join } = await given();
    port.write(`lost${"x".repeat(65_536 - 4)}kept`);
    const first = await join();
    await first.sees("kept");
    expect(first.text).toBe(`${"x".repeat(65_536 - 4)}kept`);
    expect([heard.opened, heard.closed]).toEqual([1, []]);
    first.socket.destroy();
    await until(() => heard.closed.length === 1, "its end");
    expect([heard.closed, port.isConnected]).toEqual([[false], true]);
    port.write("meanwhile");
    const second = await join();
    await second.sees("meanwhile");
    expect([second.text, heard.opened]).toEqual(["meanwhile", 2]);
  });

  it("lets a client that stops reading hold nobody up, and says what that one lost", async () => {
    const { port, said, join } = await given();
    const stuck = await join("127.0.0.1", { reads: false });
    stuck.socket.pause();
    const reader = await join();
    let bytes = 0;
    reader.socket.on("data", (data) => {
      bytes += data.length;
    });
    const part = Buffer.alloc(65_536, "y");
    let sent = 0;
    // More than the sockets' buffers of the system and our own hold.
    while (!said.some(({ message }) => message.includes("does not read"))) {
      port.write(part);
      sent += part.length;
      await until(() => bytes === sent, "the reader to have it all");
      if (sent > 64 << 20) throw new Error("64 MiB, and nothing was lost");
    }
    expect(port.pendingBytes).toBe(0);
    stuck.socket.on("data", () => {});
    stuck.socket.resume();
    await until(() => said.some(({ message }) => /reads again, \d+ bytes were lost/.test(message)), "it reads again");
  });

  it("holds the typist up while it is paused, and loses nothing", async () => {
    const { port, heard, join } = await given();
    const client = await join();
    port.pause();
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join("");
    client.type(text);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard.text).toBe("");
    port.resume();
    await until(() => heard.text.length === text.length, "the text");
    expect(heard.text).toBe(text);
  });

  it("takes no more clients than it can serve", async () => {
    const { join } = await given();
    for (let i = 0; i < MAX_CLIENTS; i++) await join();
    const extra = await join("127.0.0.1", {}, false);
    await extra.sees("as many clients already");
    await until(() => extra.isClosed, "its end");
  });

  it("closes on a browser that was sent here by a web page", async () => {
    const { heard, join } = await given();
    const browser = await join();
    browser.type("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nshutdown\r\n");
    await until(() => browser.isClosed, "its end");
    expect(heard.text).toBe("");
  });

  it("passes the line's settings on, of the one who types", async () => {
    const { heard, join, port } = await given({ protocol: "rfc2217" });
    const client = await join();
    client.socket.write(Uint8Array.of(255, 251, 44, 255, 250, 44, 1, 0, 0, 0x25, 0x80, 255, 240));
    await until(() => heard.lines.length === 1, "the rate");
    expect(heard.lines).toEqual([{ kind: "settings", settings: { baudRate: 9600 } }]);
    client.text = "";
    port.setLine({ kind: "modem", lines: { dtr: false, rts: false } });
    await client.sees("\xff\xfa\x2c\x6b\x0b\xff\xf0");
  });

  describe.skipIf(outerAddress === undefined)("with a client of another machine", () => {
    const remote = { address: { host: "0.0.0.0", port: 0 }, token: "open-sesame-12345" };

    it("wants the token first, and shows nothing before", async () => {
      const { port, heard, join } = await given(remote);
      const client = await join(outerAddress);
      port.write("secret");
      await client.sees("Token: ");
      client.type("open-sesame-12345\r\nhello");
      await until(() => heard.text === "hello", "what it types");
      await client.sees("secret");
      expect(client.text).toBe("Token: \r\nsecret");
    });

    it("sends a wrong one away, and one where there is no token", async () => {
      for (const options of [remote, { ...remote, token: undefined }]) {
        const { heard, said, join } = await given(options);
        const client = await join(outerAddress);
        await client.sees("Token: ");
        client.type("sesame\rshutdown\r");
        await client.sees("wrong token");
        await until(() => client.isClosed, "its end");
        expect(heard.text).toBe("");
        expect(said.some(({ message }) => message.includes("wrong token"))).toBe(true);
      }
    });

    it("leaves room for others beside those that never say it", async () => {
      const { heard, join } = await given(remote);
      for (let i = 0; i < 8; i++) await join(outerAddress);
      const ninth = await join(outerAddress, {}, false);
      await ninth.sees("as many clients already");
      const local = await join("127.0.0.1");
      local.type("hello");
      await until(() => heard.text === "hello", "what it types");
    });

    it("asks clients of this machine for none", async () => {
      const { heard, join } = await given(remote);
      const client = await join("127.0.0.1");
      client.type("hello");
      await until(() => heard.text === "hello", "what it types");
    });
  });
});
