import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { SocketTransport } from "../../src/serial/socket-transport.ts";
import { until } from "./socat-pair.ts";

describe("a console on a socket", () => {
  let server: Server;
  let peers: Socket[];
  let port: number;

  beforeEach(async () => {
    peers = [];
    server = createServer((socket) => peers.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });

  afterEach(async () => {
    for (const peer of peers) peer.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const given = () =>
    new SocketTransport({ protocol: "raw", address: { host: "127.0.0.1", port }, log: silentLogger() });

  it("carries bytes both ways", async () => {
    const transport = given();
    let heard = "";
    let theirs = "";
    transport.onData = (data) => {
      heard += Buffer.from(data).toString();
    };
    await transport.start();
    await until(() => peers.length === 1, "the server to see us");
    peers[0].on("data", (data) => {
      theirs += data.toString();
    });
    peers[0].write("help\r");
    transport.write("XVisor# ");
    await until(() => heard !== "" && theirs !== "", "the bytes");
    expect([heard, theirs]).toEqual(["help\r", "XVisor# "]);
    await transport.stop();
    expect(transport.isConnected).toBe(false);
  });

  it("tells that the other end is gone for good", async () => {
    const transport = given();
    const closed: unknown[] = [];
    transport.onClose = (disconnection) => closed.push(disconnection);
    await transport.start();
    await until(() => peers.length === 1, "the server to see us");
    peers[0].destroy();
    await until(() => closed.length === 1, "the disconnection");
    expect(closed).toEqual([{ reason: "the other end closed the connection", final: true }]);
  });

  it("says that nobody listens", async () => {
    const nobody = new SocketTransport({
      protocol: "raw",
      address: { path: "/nonexistent/console" },
      log: silentLogger(),
    });
    await expect(nobody.start()).rejects.toMatchObject({ code: "socket-unreachable", exitCode: 3 });
  });
});
