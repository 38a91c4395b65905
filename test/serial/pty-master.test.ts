import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PtyMaster } from "../../src/serial/pty-master.ts";
import { until } from "./socat-pair.ts";

const openClient = (path: string) => openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);

describe("our end of a pseudo-terminal", () => {
  it("is raw at the rate asked for, as stty sees it, and sees the rate that a client sets", async () => {
    const master = await PtyMaster.open();
    const stty = (...args: string[]) =>
      spawnSync("stty", ["-F", master.path, ...args], { encoding: "utf8" }).stdout.replaceAll("\n", " ");
    expect(stty("-a")).toMatch(
      /^speed 115200 baud;.* -icanon .*-echo .*-opost|^speed 115200 baud;(?=.*-icanon)(?=.* -echo)(?=.* -opost)/,
    );
    stty("9600");
    expect(master.baudRate).toBe(9600);
    master.close();
    expect(master.baudRate).toBeUndefined();
  });

  it("knows whether somebody has the other end open", async () => {
    const master = await PtyMaster.open();
    expect(master.probe().isPresent).toBe(false);
    const client = openClient(master.path);
    expect([master.probe().isPresent, master.probe().data.length]).toEqual([true, 0]);
    writeSync(client, "hi");
    expect(master.probe().data.toString()).toBe("hi");
    closeSync(client);
    expect(master.probe().isPresent).toBe(false);
    await expect(master.write(Buffer.from("x"))).resolves.toBe(1);
    master.close();
  });

  it("knows what a client has not read", async () => {
    const master = await PtyMaster.open();
    const client = openClient(master.path);
    expect(master.unreadBytes).toBe(0);
    await master.write(Buffer.from("goodbye"));
    await until(() => master.unreadBytes === 7, "what was written");
    expect(readSync(client, Buffer.alloc(4))).toBe(4);
    expect(master.unreadBytes).toBe(3);
    closeSync(client);
    master.close();
    expect(master.unreadBytes).toBe(0);
  });

  it("takes nothing more when the kernel's buffer is full", async () => {
    const master = await PtyMaster.open();
    const client = openClient(master.path);
    let total = 0;
    for (;;) {
      const count = await master.write(Buffer.alloc(4096));
      if (count === 0) break;
      total += count;
      expect(total).toBeLessThan(1 << 20);
    }
    expect(total).toBeGreaterThan(4096);
    closeSync(client);
    master.close();
  });
});
