import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileTransfers } from "../../src/terminal/file-transfers.ts";

const hasLrzsz = spawnSync("sb", ["--version"]).status === 0;

describe("transfers of files", () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-transfers-"));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const given = (write: (data: Uint8Array) => void = () => {}) =>
    new FileTransfers({ write, say: (text) => said.push(text) });

  it.skipIf(!hasLrzsz)("send to a program at the other end, and get it back from one", async () => {
    const data = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7) & 0xff));
    writeFileSync(join(folder, "image.bin"), data);
    const target = mkdtempSync(join(folder, "target-"));
    const over = async (words: string[], cwd: string, run: (transfers: FileTransfers) => Promise<unknown>) => {
      const child = spawn(words[0], words.slice(1), { cwd, stdio: "pipe" });
      child.stdin.on("error", () => {});
      const ended = new Promise((resolve) => child.once("close", resolve));
      const transfers = given((bytes) => void child.stdin.write(bytes));
      child.stdout.on("data", (bytes: Buffer) => transfers.received(bytes));
      const answer = await run(transfers);
      child.stdin.end();
      await ended;
      expect(transfers.isActive).toBe(false);
      return answer;
    };
    await over(["rb", "-q"], target, (transfers) => transfers.send(join(folder, "image.bin"), "ymodem"));
    expect(readFileSync(join(target, "image.bin")).equals(data)).toBe(true);
    const paths = await over(["sb", "-q", "image.bin"], folder, (transfers) =>
      transfers.receive(target, { protocol: "ymodem" }),
    );
    expect(paths).toEqual([join(target, "image.bin.1")]);
    expect(readFileSync(join(target, "image.bin.1")).equals(data)).toBe(true);
    expect(said).toContain("image.bin: 5000 of 5000 bytes sent (100 %)");
    expect(said).toContain("image.bin: 5000 of 5000 bytes received (100 %)");
    expect(said.at(-1)).toBe(`${join(target, "image.bin.1")}: received`);
  });

  it("are one at a time, and leave nothing when they are cancelled", async () => {
    const transfers = given();
    const receiving = transfers.receive(join(folder, "x"), { protocol: "xmodem" });
    expect(transfers.isActive).toBe(true);
    await expect(transfers.receive(folder, { protocol: "ymodem" })).rejects.toMatchObject({ code: "transfer-busy" });
    transfers.cancel();
    await expect(receiving).rejects.toMatchObject({ code: "receive-cancelled" });
    expect(transfers.isActive).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("say what cannot be read, and what cannot be written to", async () => {
    await expect(given().send(join(folder, "none"), "xmodem")).rejects.toMatchObject({ code: "file-unreadable" });
    const nowhere = given().receive(join(folder, "none"), { protocol: "ymodem" });
    await expect(nowhere).rejects.toMatchObject({ code: "receive-target-invalid" });
  });
});
