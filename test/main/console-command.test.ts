import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { consoleTerminal, joinTransports } from "../../src/main/console-command.ts";
import { StdioTransport, TtyTransport } from "../../src/serial/index.ts";
import { hasSocat, SocatPair, until } from "../serial/socat-pair.ts";
import { recordedIo } from "./recorded-io.ts";

describe.skipIf(!hasSocat)("the serial terminal", () => {
  it("passes bytes both ways over a real line, through an unplug, until the input ends", async () => {
    const pair = new SocatPair();
    await pair.plug();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const log = silentLogger();
    const board = new TtyTransport({ path: pair.theirs, baudRate: 115_200, log });
    let heard = "";
    board.onData = (data) => {
      heard += Buffer.from(data).toString();
    };
    let opened = 0;
    board.onOpen = () => {
      opened++;
    };
    await board.start();
    const port = new TtyTransport({ path: pair.ours, baudRate: 115_200, log });
    const joined = joinTransports(new StdioTransport({ input, output }), port);
    await until(() => port.isConnected, "the port");
    input.write("help\r");
    await until(() => heard === "help\r", "the typed bytes");
    board.write("XVisor# ");
    let seen = "";
    output.on("data", (data) => {
      seen += data;
    });
    await until(() => seen === "XVisor# ", "the prompt");
    await pair.unplug();
    await until(() => !port.isConnected && !board.isConnected, "the unplug");
    await pair.plug();
    await until(() => port.isConnected && opened === 2, "the replug");
    input.write("again\r");
    await until(() => heard === "help\ragain\r", "bytes after the replug");
    input.end();
    expect(await joined).toEqual({ reason: "end of input", final: true });
    await board.stop();
    await pair.dispose();
  });

  it("refuses to talk to itself", async () => {
    await expect(consoleTerminal(recordedIo(), "stdio")).rejects.toMatchObject({ code: "console-needs-port" });
  });
});
