/** `komainu run --journal` on Linux with the wall clock, and `komainu replay` of it, as a user does both. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { SocketTransport } from "../../src/serial/index.ts";
import { until } from "../serial/socat-pair.ts";
import { cleanEnv, guestFolder, komainu, PI_BOARD, PROGRAM, Scratch } from "./program.ts";

const scratch = new Scratch();
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  scratch.dispose();
});

/** Waiting for a guest that boots beside other tests. */
async function patiently(condition: () => boolean, what: () => string): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 3_000) throw new Error(`waited in vain: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it("a run at the console of Linux with the wall clock replays to the same guest, idle times and all", async () => {
  guestFolder(PI_BOARD);
  const journal = scratch.path("run.journal");
  const running = spawn(process.execPath, [PROGRAM, "run", PI_BOARD, "--serial", "tcp:0", "--journal", journal], {
    env: cleanEnv(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  child = running;
  let errors = "";
  running.stderr?.on("data", (data) => {
    errors += data;
  });
  const ended = new Promise((resolve) => running.once("exit", resolve));
  await until(() => errors.includes("Console on "), "the port");
  const address = { host: "127.0.0.1", port: Number(/tcp:127\.0\.0\.1:(\d+)/.exec(errors)?.[1]) };
  const console = new SocketTransport({ protocol: "raw", address, log: silentLogger() });
  let seen = "";
  console.onData = (data) => {
    seen += Buffer.from(data).toString("latin1");
  };
  await console.start();
  const sees = async (text: RegExp): Promise<void> => {
    await patiently(
      () => text.test(seen),
      () => `${text} in ${seen.slice(-500)}`,
    );
    seen = "";
  };
  await sees(/XVisor# /);
  console.write("guest kick guest0\rvserial bind guest0/uart0\r");
  await sees(/\[guest0\/uart0\] \/ # /);
  // The guest sleeps between these keys, and wakes by them.
  for (const key of "echo $((6*7))\r") {
    console.write(key);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await sees(/uart0\] 42[\s\S]*\/ # /);
  console.write("date +%s; sleep 1; cat /proc/uptime; head -c 8 /dev/urandom | md5sum\r");
  await sees(/[0-9a-f]{32} {2}-[\s\S]*# /);
  console.write("\x1bxq");
  await sees(/XVisor# /);
  console.write("vserial exec guest0/uart0 sleep 1; ls /\r");
  await sees(/proc[\s\S]*XVisor# /);
  console.write("shutdown\r");
  expect(await ended).toBe(0);
  expect(errors).toContain(`Journal: komainu replay ${journal}`);
  const passed = await komainu(["replay", journal]);
  expect(passed.stderr).toContain("The same run, to instruction");
  expect(passed.code).toBe(0);
  expect(passed.stdout).toMatch(/^42\r$/m);
  // An idle guest writes nothing: keys, commands and the time behind them, not its own waking.
  const lines = readFileSync(journal, "utf8").split("\n").length;
  expect(lines).toBeLessThan(400);
}, 600_000);
