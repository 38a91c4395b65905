import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Link } from "../../src/serial/link.ts";
import { type Listener, type ListenerOptions, refusal, startListener } from "../../src/serial/link-listener.ts";
import { until } from "./socat-pair.ts";

describe("a listener", () => {
  let folder: string;
  const listeners: Listener[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-listener-"));
  });
  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: Partial<ListenerOptions>, links: Link[] = []) => {
    const listener = await startListener({
      protocol: "raw",
      address: { host: "127.0.0.1", port: 0 },
      isToken: () => false,
      onLink: (link) => links.push(link),
      onRefused: () => {},
      ...options,
    });
    listeners.push(listener);
    return listener;
  };

  it("says which port it got, and that a port is taken", async () => {
    const { description } = await start({});
    const port = Number(/^tcp:127\.0\.0\.1:(\d+)$/.exec(description)?.[1]);
    expect(port).toBeGreaterThan(0);
    for (const protocol of ["raw", "ws"] as const) {
      await expect(start({ protocol, address: { host: "127.0.0.1", port } })).rejects.toMatchObject({
        code: "address-busy",
        exitCode: 3,
      });
    }
    await expect(start({ address: { host: "192.0.2.1", port: 0 } })).rejects.toMatchObject({
      code: "address-unusable",
    });
  });

  it("makes a socket file that only its owner may use, and takes the place of one left behind", async () => {
    const path = join(folder, "console");
    // A process that is killed leaves its socket's file.
    const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
    spawnSync(process.execPath, ["-e", script]);
    expect(existsSync(path)).toBe(true);
    const links: Link[] = [];
    await start({ address: { path } }, links);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(start({ address: { path } })).rejects.toMatchObject({ code: "address-busy" });
    const client = connect(path);
    await until(() => links.some(({ isLocal }) => isLocal), "the client");
    client.destroy();
  });

  it("leaves another file where it is", async () => {
    const path = join(folder, "notes");
    writeFileSync(path, "mine");
    await expect(start({ address: { path } })).rejects.toMatchObject({ exitCode: 3 });
    expect(existsSync(path)).toBe(true);
  });

  it("takes connections again after it was closed", async () => {
    const first = await start({});
    const port = Number(/(\d+)$/.exec(first.description)?.[1]);
    await first.close();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    await new Promise((resolve) => other.close(resolve));
  });
});

describe("a request for a WebSocket", () => {
  const why = (headers: Record<string, string>, localAddress = "127.0.0.1") =>
    refusal({ headers, socket: { localAddress } as never });

  it.each([
    [{ host: "127.0.0.1:80" }],
    [{ host: "localhost:80", origin: "http://localhost:3000" }],
    [{ host: "[::1]:80", origin: "http://[::1]" }],
  ])("of %j is fine", (headers) => {
    expect(why(headers)).toBeUndefined();
  });

  it("from a page of another host is refused, wherever we listen", () => {
    expect(why({ host: "127.0.0.1", origin: "http://evil.example" })).toContain("evil.example");
    expect(why({ host: "evil.example", origin: "http://evil.example" })).toContain('"evil.example"');
    expect(why({ host: "board.example", origin: "http://evil.example" }, "192.0.2.1")).toContain("evil.example");
    expect(why({ host: "board.example", origin: "http://board.example" }, "192.0.2.1")).toBeUndefined();
    expect(why({ host: "board.example", origin: "null" }, "192.0.2.1")).toContain("null");
  });
});
