/** The interactive console in a real terminal: keys, completion, the guest's shell and the way back. */
import { afterEach, describe, expect, it } from "vitest";
import { BOARD, exec, guestFolder, PROGRAM, Scratch } from "./program.ts";
import { TmuxTerminal } from "./tmux.ts";

const PROMPT = /^XVisor#$/;

describe("run, in a terminal", () => {
  let terminal: TmuxTerminal | undefined;
  afterEach(() => {
    terminal?.dispose();
    terminal = undefined;
  });

  const givenConsole = async (...options: string[]): Promise<TmuxTerminal> => {
    guestFolder();
    terminal = new TmuxTerminal([process.execPath, PROGRAM, "run", BOARD, ...options]);
    await terminal.waitForLine(PROMPT);
    return terminal;
  };

  it("boots the guest, gives its shell, and sees its processes from outside", async () => {
    const console = await givenConsole();
    // TAB completes the words of a command and the guest's name.
    console.type("gue");
    console.press("Tab");
    await console.waitForLine(/^XVisor# guest$/);
    console.type("ki");
    console.press("Tab");
    await console.waitForLine(/^XVisor# guest kick( guest0)?$/);
    if (!console.lastLine().endsWith("guest0")) console.press("Tab");
    await console.waitForLine(/^XVisor# guest kick guest0$/);
    console.press("Enter");
    await console.waitUntil(() => console.text().includes("guest0: Kicked"), "the kick");
    await console.waitForLine(PROMPT);

    console.type("vserial bind guest0/uart0");
    console.press("Enter");
    await console.waitForLine(/^\[guest0\/uart0\] .*# *$/);
    console.type("echo $((6*7))");
    console.press("Enter");
    await console.waitUntil(() => /^\[guest0\/uart0\] 42$/m.test(console.text()), "the guest's answer");

    console.press("Escape", "x", "q");
    await console.waitForLine(PROMPT);
    console.type("ids plist");
    console.press("Enter");
    await console.waitUntil(() => /^ +\d+ kthreadd$/m.test(console.text()), "the list");
    await console.waitForLine(PROMPT);
    expect(console.text()).toMatch(/^PID NAME\n +1 init\n +2 kthreadd$/m);

    console.type("nonsense");
    console.press("Enter");
    await console.waitUntil(() => /nonsense.*\n.*XVisor#$/.test(console.text()), "a complaint and the prompt");
    console.press("Up", "Up");
    await console.waitForLine(/^XVisor# ids plist$/);
    console.press("C-c");
    await console.waitForLine(PROMPT);
    console.type("shutdown");
    console.press("Enter");
    expect(await console.exitCode()).toBe(0);
  });

  it("goes on at the prompt of a restored machine, with the guest as it was", async () => {
    const scratch = new Scratch();
    try {
      const file = scratch.path("ready.snap");
      expect((await exec("--save", file, "vserial exec guest0/uart0 touch /tmp/kept")).code).toBe(0);
      const console = await givenConsole("--restore", file, "--clock", "virtual");
      console.type("vserial exec guest0/uart0 ls /tmp");
      console.press("Enter");
      await console.waitUntil(() => /^kept$/m.test(console.text()), "the file");
      await console.waitForLine(PROMPT);
      console.type("shutdown");
      console.press("Enter");
      expect(await console.exitCode()).toBe(0);
    } finally {
      scratch.dispose();
    }
  });

  it("ends from anywhere with Ctrl-T q", async () => {
    const console = await givenConsole();
    console.type("vserial bind guest0/uart0");
    console.press("Enter");
    await console.waitForLine(/^\[guest0\/uart0\]/);
    console.press("C-t", "q");
    expect(await console.exitCode()).toBe(0);
  });
});
