/** X-modem and Y-modem against Debian's lrzsz, which is what most receivers descend from. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ModemSender } from "../../src/terminal/modem-send.ts";
import type { ModemProtocol } from "../../src/terminal/modem-wire.ts";
import { until } from "../serial/socat-pair.ts";

const hasLrzsz = spawnSync("rx", ["--version"]).status === 0;
if (!hasLrzsz) console.warn("file transfer tests are skipped, rx is not installed: apt-get install lrzsz");

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8)) & 0xff);

describe.skipIf(!hasLrzsz)("a file sent to lrzsz", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-modem-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function sent(
    words: string[],
    file: { name: string; data: Uint8Array },
    protocol: ModemProtocol,
    damage = false,
  ) {
    const child = spawn(words[0], words.slice(1), { cwd: folder, stdio: "pipe" });
    let blocks = 0;
    const progress: number[] = [];
    const sender = new ModemSender({
      write: (data) => {
        blocks++;
        const copy = Uint8Array.from(data);
        // One block arrives damaged and has to be sent again.
        if (damage && blocks === 3) copy[20] ^= 0x40;
        child.stdin.write(copy);
      },
      progress: (done) => progress.push(done),
    });
    child.stdout.on("data", (data: Buffer) => sender.received(data));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await sender.send(file, protocol);
    child.stdin.end();
    expect(await ended).toBe(0);
    return { blocks, progress };
  }

  it.each([
    ["xmodem", ["rx", "-q", "-b", "x.bin"], 10_000],
    ["xmodem", ["rx", "-q", "-b", "-c", "x.bin"], 10_000],
    ["xmodem-1k", ["rx", "-q", "-b", "-c", "x.bin"], 300_000],
  ] as const)("by %s with %j is whole, but for the padding of the last block", async (protocol, words, length) => {
    const data = bytes(length);
    await sent([...words], { name: "x.bin", data }, protocol);
    const got = readFileSync(join(folder, "x.bin"));
    expect(got.subarray(0, length).equals(data)).toBe(true);
    expect(got.length).toBe(Math.ceil(length / 128) * 128);
    expect(got.subarray(length).every((byte) => byte === 0x1a)).toBe(true);
  });

  it.each([0, 1, 128, 1024, 1025, 100_000])("by Y-modem is whole with its name and %d bytes", async (length) => {
    const data = bytes(length);
    await sent(["rb", "-q", "-b"], { name: "image.bin", data }, "ymodem");
    expect(readFileSync(join(folder, "image.bin")).equals(data)).toBe(true);
  });

  it("is sent again where a block arrives damaged", async () => {
    const data = bytes(5_000);
    const { blocks, progress } = await sent(["rb", "-q", "-b"], { name: "image.bin", data }, "ymodem", true);
    expect(readFileSync(join(folder, "image.bin")).equals(data)).toBe(true);
    expect(blocks).toBeGreaterThan(8);
    expect(progress.at(-1)).toBe(5_000);
  });
});

describe("a receiver that does not do its part", () => {
  const given = (answer: (packet: Uint8Array) => number[]) => {
    const sender: ModemSender = new ModemSender(
      { write: (data) => queueMicrotask(() => sender.received(Uint8Array.from(answer(data)))), progress: () => {} },
      { startMs: 50, replyMs: 50, settleMs: 1 },
    );
    return sender;
  };
  const file = { name: "x", data: bytes(10) };

  it("that is not there is given up on", async () => {
    await expect(given(() => []).send(file, "xmodem")).rejects.toMatchObject({ code: "send-stalled" });
  });

  it("that refuses a block for ever is given up on", async () => {
    const sender = given(() => [0x15]);
    sender.received(Uint8Array.of(0x43));
    await expect(sender.send(file, "xmodem")).rejects.toMatchObject({ code: "send-stalled" });
  });

  it("that has not heard the first block gets it again when it asks again, and not for a request that was under way", async () => {
    const written: number[] = [];
    const sender: ModemSender = new ModemSender(
      {
        write: (data) => {
          written.push(data[0]);
          // The second copy of the block is taken, and so is the end.
          if (written.length > 1) queueMicrotask(() => sender.received(Uint8Array.of(0x06)));
        },
        progress: () => {},
      },
      { startMs: 5_000, replyMs: 5_000, settleMs: 1 },
    );
    sender.received(Uint8Array.of(0x43));
    const sending = sender.send(file, "xmodem");
    await until(() => written.length === 1, "the first block");
    sender.received(Uint8Array.of(0x43));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(written).toEqual([0x01]);
    sender.received(Uint8Array.of(0x43));
    await sending;
    expect(written).toEqual([0x01, 0x01, 0x04]);
  });

  it("that is gone before its last answer has the file nevertheless", async () => {
    // Asks, takes the name and asks, takes the block, the end, asks, and is gone.
    const answers = [[0x06, 0x43], [0x06], [0x06, 0x43], []];
    const sender: ModemSender = given(() => answers.shift() ?? []);
    const late = setInterval(() => sender.received(Uint8Array.of(0x43)), 5);
    await sender.send(file, "ymodem");
    clearInterval(late);
    expect(answers).toEqual([]);
  });

  it("that cancels ends it, and so does the user", async () => {
    const cancelling = given(() => [0x18, 0x18]);
    cancelling.received(Uint8Array.of(0x43));
    await expect(cancelling.send(file, "ymodem")).rejects.toMatchObject({ code: "send-cancelled" });
    const patient = given(() => []);
    const sending = patient.send(file, "ymodem");
    patient.cancel();
    await expect(sending).rejects.toMatchObject({ code: "send-cancelled" });
  });
});
