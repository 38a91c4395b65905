import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { ReconnectingTransport } from "../../src/serial/reconnecting.ts";
import { SharedPort } from "../../src/serial/shared-port.ts";
import { SocketTransport } from "../../src/serial/socket-transport.ts";
import { until } from "./socat-pair.ts";

describe("a connection that is made again", () => {
  it("goes on when the other end is back, and ends when it is stopped", async () => {
    const log = silentLogger();
    const first = new SharedPort({ protocol: "raw", address: { host: "127.0.0.1", port: 0 }, log });
    await first.start();
    const address = { host: "127.0.0.1", port: Number(/:(\d+)$/.exec(first.description)?.[1]) };
    const transport = new ReconnectingTransport({
      create: () => new SocketTransport({ protocol: "raw", address, log }),
      log,
    });
    const heard = { text: "", opened: 0, final: [] as boolean[] };
    transport.onData = (data) => {
      heard.text += Buffer.from(data).toString();
    };
    transport.onOpen = () => {
      heard.opened++;
    };
    transport.onClose = ({ final }) => heard.final.push(final);
    await transport.start();
    first.write("one");
    await until(() => heard.text === "one", "the first words");
    await first.stop();
    await until(() => heard.final.length === 1, "the end");
    const second = new SharedPort({ protocol: "raw", address, log });
    await second.start();
    await until(() => heard.opened === 2, "the connection");
    let typed = "";
    second.onData = (data) => {
      typed += Buffer.from(data).toString();
    };
    transport.write("two");
    await until(() => typed === "two", "the second words");
    await transport.stop();
    expect(heard.final).toEqual([false, true]);
    await second.stop();
  });

  it("says at once that nobody is there at first", async () => {
    const address = { path: "/nonexistent/console" };
    const create = () => new SocketTransport({ protocol: "raw", address, log: silentLogger() });
    const transport = new ReconnectingTransport({ create, log: silentLogger() });
    await expect(transport.start()).rejects.toMatchObject({ code: "socket-unreachable" });
  });
});
