/** The command that `board export --qemu` prints, run by a shell as a user would. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { loadBoard } from "../../src/board/index.ts";
import { BOARD, cleanEnv, guestFolder, komainu } from "./program.ts";

if (spawnSync("qemu-system-arm", ["--version"]).status !== 0)
  throw new Error("these tests need qemu-system-arm: apt-get install qemu-system-arm");
guestFolder();

let qemu: ChildProcess | undefined;
afterEach(() => {
  qemu?.kill("SIGKILL");
});

describe("board export --qemu", () => {
  it("prints a command that boots the same guest to its shell", async () => {
    const { code, stdout } = await komainu(["board", "export", "--qemu", BOARD]);
    expect(code).toBe(0);
    const { readyPattern } = loadBoard(BOARD).profile.boot;
    const child = spawn("sh", ["-c", `exec ${stdout.trim()}`], { env: cleanEnv(), stdio: "pipe" });
    qemu = child;
    let text = "";
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (more: string) => {
      errors += more;
    });
    await new Promise<void>((resolve, reject) => {
      let isAsked = false;
      child.once("close", () => reject(new Error(`QEMU ended early: ${errors}; its console:\n${text.slice(-2000)}`)));
      child.stdout.setEncoding("latin1").on("data", (more: string) => {
        text += more;
        if (!isAsked && new RegExp(readyPattern).test(text) && /# (\x1b\[6n)?$/.test(text)) {
          isAsked = true;
          child.stdin.write("echo in$((40+2)); cat /proc/cmdline\r");
        }
        if (/in42\r\n.*\r\n/.test(text)) resolve();
      });
    });
    expect(text).toContain(loadBoard(BOARD).profile.boot.commandLine);
  });
});
