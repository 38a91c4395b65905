import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPortHolders, listSerialPorts } from "../../src/serial/port-holders.ts";
import { until } from "./socat-pair.ts";

describe("the holders of a device", () => {
  const folder = mkdtempSync(join(tmpdir(), "komainu-holders-"));
  const path = join(folder, "port");
  const children: ReturnType<typeof spawn>[] = [];
  writeFileSync(path, "");
  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are the other processes that have it open, by pid and name", async () => {
    const fd = openSync(path, "r");
    const child = spawn("sleep", ["600"], { stdio: [fd, "ignore", "ignore"] });
    children.push(child);
    await until(() => findPortHolders(path).some((holder) => holder.command === "sleep"), "the child to start");
    expect(findPortHolders(path)).toEqual([{ pid: child.pid, command: "sleep", hasLock: false }]);
    closeSync(fd);
  });

  it("are nobody for a path that does not exist", () => {
    expect(findPortHolders(join(folder, "nothing"))).toEqual([]);
  });

  it("can be looked for on every port that exists", () => {
    for (const port of listSerialPorts()) expect(port).toMatch(/^\/dev\//);
  });
});
