/** X-modem and Y-modem from Debian's lrzsz over good and bad lines, from our own sender, and from hostile ones. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/scenario/index.ts";
import { ModemReceiver, type Offer, type ReceivePatience } from "../../src/terminal/modem-receive.ts";
import { ModemSender } from "../../src/terminal/modem-send.ts";
import { checkOf, type ModemProtocol } from "../../src/terminal/modem-wire.ts";

const hasLrzsz = spawnSync("sx", ["--version"]).status === 0;
if (!hasLrzsz) console.warn("file transfer tests are skipped, sx is not installed: apt-get install lrzsz");

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8)) & 0xff);

/** Files in memory. */
class Shelf {
  readonly files: { offer: Offer; data: Buffer; isWhole: boolean }[] = [];
  begin(offer: Offer): void {
    this.files.push({ offer, data: Buffer.alloc(0), isWhole: false });
  }
  write(data: Uint8Array): void {
    const file = this.files[this.files.length - 1];
    file.data = Buffer.concat([file.data, data]);
  }
  end(): void {
    this.files[this.files.length - 1].isWhole = true;
  }
}

const QUICK: ReceivePatience = { startMs: 20_000, askMs: 500, blockMs: 1_500, byteMs: 200, quietMs: 20 };

describe.skipIf(!hasLrzsz)("a file that lrzsz sends", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-modem-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface Line {
    /** What becomes of what the sender says, and of what we say. */
    readonly toUs?: (data: Buffer) => Uint8Array;
    readonly toSender?: (data: Uint8Array) => Uint8Array;
    /** Said on the line before the sender begins. */
    readonly greeting?: string;
  }

  async function received(words: string[], protocol: ModemProtocol, line: Line = {}) {
    const { toUs = (data) => data, toSender = (data) => data, greeting } = line;
    const child = spawn(words[0], words.slice(1), { cwd: folder, stdio: "pipe" });
    child.stdin.on("error", () => {});
    const shelf = new Shelf();
    const receiver = new ModemReceiver(
      { write: (data) => child.stdin.write(toSender(data)), progress: () => {} },
      shelf,
      QUICK,
    );
    if (greeting !== undefined) receiver.received(Buffer.from(greeting));
    child.stdout.on("data", (data: Buffer) => receiver.received(toUs(data)));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const count = await receiver.receive(protocol);
    child.stdin.end();
    return { files: shelf.files, count, code: await ended };
  }

  const given = (name: string, length: number) => {
    const data = bytes(length);
    writeFileSync(join(folder, name), data);
    return data;
  };

  it.each([
    ["xmodem", ["sx", "-q", "x.bin"]],
    ["xmodem-1k", ["sx", "-q", "-k", "x.bin"]],
  ] as const)("by %s with %j is whole, but for the padding of the last block", async (protocol, words) => {
    const data = given("x.bin", 100_001);
    const { files, count, code } = await received([...words], protocol);
    expect([count, code, files[0].isWhole]).toEqual([1, 0, true]);
    expect(files[0].data.subarray(0, data.length).equals(data)).toBe(true);
    expect(files[0].data.subarray(data.length).every((byte) => byte === 0x1a)).toBe(true);
    expect(files[0].data.length).toBe(Math.ceil(data.length / 128) * 128);
  });

  it("by Y-modem comes with its name and size, and others with it, an empty one too", async () => {
    const first = given("u-boot.bin", 70_000);
    const second = given("empty", 0);
    const third = given("board.dtb", 1_025);
    const { files, count, code } = await received(["sb", "-q", "u-boot.bin", "empty", "board.dtb"], "ymodem");
    expect([count, code]).toEqual([3, 0]);
    expect(files.map(({ offer }) => offer)).toEqual([
      { name: "u-boot.bin", sizeBytes: 70_000 },
      { name: "empty", sizeBytes: 0 },
      { name: "board.dtb", sizeBytes: 1_025 },
    ]);
    expect(files.map(({ data }, i) => data.equals([first, second, third][i]))).toEqual([true, true, true]);
  });

  it("is whole behind words that come before it, as a shell prints", async () => {
    const data = given("x.bin", 3_000);
    const { files } = await received(["sb", "-q", "x.bin"], "ymodem", {
      greeting: "/ # sb x.bin\r\nSending x.bin\r\n",
    });
    expect(files[0].data.equals(data)).toBe(true);
  });

  it("gets the checksum of old where the sender never hears that CRC is wanted", async () => {
    const data = given("x.bin", 1_280);
    const toSender = (said: Uint8Array) => said.filter((byte) => byte !== 0x43);
    const { files } = await received(["sx", "-q", "x.bin"], "xmodem", { toSender });
    expect(files[0].data.equals(data)).toBe(true);
  });

  /** Flips a bit in one byte of so many, and loses one of twice as many. */
  const noisy = (seed: number, everyBytes: number) => {
    const random = randomNumbers(seed);
    return (data: Uint8Array): Uint8Array =>
      Uint8Array.from(
        [...data].flatMap((byte) => {
          const dice = random();
          if (dice < 1 / everyBytes) return [byte ^ (1 << Math.floor(dice * everyBytes * 8))];
          return dice < 1.5 / everyBytes ? [] : [byte];
        }),
      );
  };

  it.each([1, 2, 3, 4, 5, 6])("is whole over a line with noise towards us (seed %i)", async (seed) => {
    const data = given("x.bin", 20_000);
    const { files, count } = await received(["sb", "-q", "x.bin"], "ymodem", { toUs: noisy(seed, 6_000) });
    expect(count).toBe(1);
    expect(files[0].data.equals(data)).toBe(true);
  });

  it("is whole where every twentieth of our answers is lost", async () => {
    const data = given("x.bin", 6_000);
    let said = 0;
    const toSender = (answer: Uint8Array) => (++said % 20 === 0 ? new Uint8Array() : answer);
    // lrzsz waits for an answer for longer than tests should: we ask again.
    const { files } = await received(["sx", "-q", "x.bin"], "xmodem", { toSender });
    expect(files[0].data.subarray(0, data.length).equals(data)).toBe(true);
  });
});

describe("our own sender and receiver", () => {
  it.each(["xmodem", "xmodem-1k", "ymodem"] as const)("understand each other by %s", async (protocol) => {
    const data = bytes(5_000);
    const shelf = new Shelf();
    const sender: ModemSender = new ModemSender({
      write: (said) => setImmediate(() => receiver.received(said)),
      progress: () => {},
    });
    const progress: number[] = [];
    const receiver = new ModemReceiver(
      {
        write: (said) => setImmediate(() => sender.received(said)),
        progress: (count) => progress.push(count),
      },
      shelf,
      QUICK,
    );
    const [count] = await Promise.all([receiver.receive(protocol), sender.send({ name: "f", data }, protocol)]);
    expect(count).toBe(1);
    expect(shelf.files[0].data.subarray(0, 5_000).equals(data)).toBe(true);
    expect(progress.at(-1)).toBe(protocol === "ymodem" ? 5_000 : 5_120);
  });
});

describe("a sender that does not do its part", () => {
  const HURRIED: ReceivePatience = { startMs: 60, askMs: 10, blockMs: 10, byteMs: 10, quietMs: 1 };
  const SOH = 0x01;
  const block = (number: number, data: Uint8Array): number[] => {
    const padded = new Uint8Array(data.length <= 128 ? 128 : 1024);
    padded.set(data);
    return [padded.length === 128 ? SOH : 0x02, number & 0xff, ~number & 0xff, ...padded, ...checkOf(padded, true)];
  };
  const header = (text: string) => block(0, Buffer.from(text));

  /** `answer` gives what the sender says to the n-th thing that it hears. */
  function given(answer: (n: number, heard: number) => readonly number[]) {
    const shelf = new Shelf();
    let heard = 0;
    let cancelled = false;
    const receiver: ModemReceiver = new ModemReceiver(
      {
        write: (said) => {
          cancelled ||= said.length > 1 && said.every((byte) => byte === 0x18);
          const reply = Uint8Array.from(answer(heard++, said[0]));
          setImmediate(() => receiver.received(reply));
        },
        progress: () => {},
      },
      shelf,
      HURRIED,
    );
    return { receiver, shelf, isCancelled: () => cancelled };
  }

  const failing = async (protocol: ModemProtocol, answer: (n: number, heard: number) => readonly number[]) => {
    const { receiver, shelf, isCancelled } = given(answer);
    const code = await receiver.receive(protocol).then(
      () => "received",
      (error: { code?: string }) => error.code,
    );
    expect(isCancelled()).toBe(code !== "received");
    expect(shelf.files.every(({ isWhole }) => !isWhole) || code === "received").toBe(true);
    return { code, shelf };
  };

  it("that says nothing is given up on, and told so", async () => {
    expect((await failing("ymodem", () => [])).code).toBe("receive-stalled");
    expect((await failing("xmodem", () => [])).code).toBe("receive-stalled");
  });

  it("that cancels ends it, before the first block and between blocks", async () => {
    expect((await failing("xmodem", () => [0x18, 0x18])).code).toBe("receive-cancelled");
    const later = (n: number) => (n === 0 ? block(1, bytes(128)) : [0x18, 0x18, 0x18]);
    expect((await failing("xmodem", later)).code).toBe("receive-cancelled");
  });

  it("that sends damaged blocks for ever is given up on", async () => {
    const damaged = block(1, bytes(128)).map((byte, i) => (i === 40 ? byte ^ 1 : byte));
    expect((await failing("xmodem", () => damaged)).code).toBe("receive-stalled");
    expect((await failing("xmodem", (n) => (n === 0 ? block(1, bytes(128)) : damaged))).code).toBe("receive-stalled");
  });

  it("that sends the same block for ever is given up on", async () => {
    expect((await failing("xmodem", () => block(1, bytes(128)))).code).toBe("receive-stalled");
  });

  it("that leaves blocks out is not believed", async () => {
    expect((await failing("xmodem", (n) => block(n === 0 ? 1 : 3, bytes(128)))).code).toBe("receive-invalid");
  });

  it("that sends more than it said is stopped, and one that announces too much is not begun", async () => {
    const endless = (n: number) => (n === 0 ? header("a\x00300 0") : n < 2 ? [] : block(n - 1, bytes(1024)));
    const { code, shelf } = await failing("ymodem", endless);
    expect(code).toBe("receive-too-large");
    expect(shelf.files[0].data.length).toBe(300);
    const huge = await failing("ymodem", () => header("a\x00999999999999 0"));
    expect([huge.code, huge.shelf.files.length]).toEqual(["receive-too-large", 0]);
  });

  it("that ends before the size that it said has not sent the file", async () => {
    const short = (n: number) =>
      n === 0 ? header("a\x00300 0") : n === 1 ? [] : n === 2 ? block(1, bytes(128)) : [0x04];
    expect((await failing("ymodem", short)).code).toBe("receive-invalid");
  });

  it("that speaks X-modem where Y-modem is spoken is told from a lost name", async () => {
    expect((await failing("ymodem", () => block(1, bytes(128)))).code).toBe("receive-invalid");
  });

  it("that sends files without end is stopped", async () => {
    const endless = (_n: number, heard: number) => {
      if (heard === 0x43) return state.inFile ? [0x04] : header("a\x000 0");
      if (heard === 0x15) return [0x04];
      if (heard === 0x06) state.inFile = !state.inFile;
      return [];
    };
    const state = { inFile: false };
    const { receiver, shelf } = given(endless);
    await expect(receiver.receive("ymodem")).rejects.toMatchObject({ code: "receive-invalid" });
    expect(shelf.files.length).toBe(1_000);
  });

  it("that makes noise without end is given up on", async () => {
    const noise = Array.from({ length: 30_000 }, () => 0x55);
    const { receiver } = given(() => []);
    const timer = setInterval(() => receiver.received(Uint8Array.from(noise)), 0);
    await expect(receiver.receive("xmodem")).rejects.toMatchObject({ code: "receive-stalled" });
    clearInterval(timer);
  });

  it("is left alone when the user cancels", async () => {
    const { receiver, isCancelled } = given(() => []);
    const receiving = receiver.receive("ymodem");
    receiver.cancel();
    await expect(receiving).rejects.toMatchObject({ code: "receive-cancelled" });
    expect(isCancelled()).toBe(true);
  });

  it("of random bytes never gets a file, and always comes to an end", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomNumbers(seed);
      const { receiver, shelf } = given(() =>
        Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)),
      );
      await expect(receiver.receive(seed % 2 === 0 ? "ymodem" : "xmodem")).rejects.toMatchObject({
        code: expect.stringMatching(/^receive-/),
      });
      expect(shelf.files.every(({ isWhole }) => !isWhole)).toBe(true);
    }
  });
});
