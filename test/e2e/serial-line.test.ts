/** The console on a serial line, here a pair of pseudo-terminals, with a real terminal program at the other end. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasSocat, NO_SOCAT, SocatPair, until } from "../serial/socat-pair.ts";
import { BOARD, cleanEnv, guestFolder, PROGRAM } from "./program.ts";
import { TmuxTerminal } from "./tmux.ts";

describe("run --serial", () => {
  let pair: SocatPair;
  let program: ChildProcess | undefined;
  let terminal: TmuxTerminal | undefined;
  let errors = "";

  beforeEach(async () => {
    if (!hasSocat) throw new Error(NO_SOCAT);
    guestFolder();
    pair = new SocatPair();
    await pair.plug();
  });
  afterEach(async () => {
    terminal?.dispose();
    terminal = undefined;
    program?.kill("SIGKILL");
    await pair.dispose();
  });

  /** Resolves with the exit code when the program ends. */
  const givenProgram = (): Promise<number | null> => {
    const args = [PROGRAM, "run", BOARD, "--serial", `${pair.ours},115200`];
    const child = spawn(process.execPath, args, { env: cleanEnv(), stdio: ["ignore", "ignore", "pipe"] });
    program = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    return new Promise((resolve) => child.once("exit", resolve));
  };
  const opened = () => until(() => errors.includes("Console on "), `the console on ${pair.ours}: ${errors}`);

  it("is usable with plain socat at the other end, up to the guest's shell", async () => {
    const peer = pair.peer("socat", "-", `FILE:${pair.theirs},raw,echo=0`);
    let shown = "";
    peer.stdout?.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    const sees = (text: string | RegExp) =>
      until(() => shown.search(text) >= 0, String(text)).catch((error: Error) => {
        throw new Error(`${error.message}; the other end shows:\n${shown}`);
      });
    const type = (text: string) => peer.stdin?.write(text);
    const ended = givenProgram();
    await opened();
    type("\r");
    await sees(/XVisor# $/);
    type("guest kick guest0\r");
    await sees(/guest0: Kicked/);
    type("vserial bind guest0/uart0\r");
    await sees(/\[guest0\/uart0\] \S+ # /);
    type("echo $((6*7))\r");
    await sees(/\[guest0\/uart0\] 42\r/);
    type("\x1bxq");
    await sees(/XVisor# $/);
    type("ids banner\r");
    await sees(/\nLinux version /);
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("is usable with picocom at the other end", async () => {
    const ended = givenProgram();
    await opened();
    terminal = new TmuxTerminal(["picocom", "-q", "-b", "115200", pair.theirs]);
    const picocom = terminal;
    await picocom.waitUntil(() => picocom.text() !== "" || picocom.lastLine() === "", "picocom");
    picocom.press("Enter");
    await picocom.waitForLine(/^XVisor#$/);
    picocom.type("host cpu in");
    picocom.press("Tab");
    await picocom.waitForLine(/^XVisor# host cpu info$/);
    picocom.press("Enter");
    await picocom.waitUntil(
      () =>
        /^XVisor# host cpu info\n[\s\S]*\nXVisor#$/.test(
          picocom.text().slice(picocom.text().lastIndexOf("XVisor# host")),
        ),
      "the answer",
    );
    picocom.type("shutdown");
    picocom.press("Enter");
    expect(await ended).toBe(0);
  });
});
