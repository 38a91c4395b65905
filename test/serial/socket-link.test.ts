import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SocketLink } from "../../src/serial/socket-link.ts";
import { until } from "./socat-pair.ts";

describe("a client on a stream socket", () => {
  let server: Server;
  let accepted: Socket | undefined;
  let client: Socket;
  let seen: string;

  beforeEach(async () => {
    accepted = undefined;
    seen = "";
    server = createServer((socket) => {
      accepted = socket;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    client = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
    client.on("data", (data) => {
      seen += data.toString("latin1");
    });
    client.on("error", () => {});
    await until(() => accepted !== undefined, "the client");
  });
  afterEach(async () => {
    client.destroy();
    accepted?.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  function given(protocol: "raw" | "telnet" | "rfc2217") {
    if (accepted === undefined) throw new Error("no client");
    const link = new SocketLink(accepted, protocol);
    const heard = { text: "", drained: 0, closed: [] as string[] };
    link.start({
      onData: (data) => {
        heard.text += Buffer.from(data).toString("latin1");
      },
      onLine: () => {},
      onDrain: () => {
        heard.drained++;
      },
      onClose: (reason) => heard.closed.push(reason),
    });
    return { link, heard };
  }

  it("says where it is, and when it has taken what was sent", async () => {
    const { link, heard } = given("raw");
    expect([link.peer, link.isLocal]).toEqual([`127.0.0.1:${client.localPort}`, true]);
    link.send(Buffer.from("abc"));
    link.notice("hello");
    await until(() => seen === "abc\r\n[hello]\r\n" && heard.drained > 0, "the text");
    expect(link.pendingBytes).toBe(0);
    link.close();
    await until(() => heard.closed.length > 0, "the end");
    expect(heard.closed).toEqual(["closed by us"]);
  });

  it("speaks first with telnet, second with rfc2217, and first there too when the client says nothing", async () => {
    given("telnet");
    await until(() => seen.startsWith("\xff\xfb\x01"), "the offers");
    seen = "";
  });

  it("lets an rfc2217 client speak first", async () => {
    const { link } = given("rfc2217");
    client.write(Uint8Array.of(255, 251, 0));
    await until(() => seen.length > 3, "the answer");
    expect(seen.slice(0, 3)).toBe("\xff\xfd\x00");
    expect(seen.slice(3)).not.toContain("\xff\xfd\x00");
    link.close();
  });
});
