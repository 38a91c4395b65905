import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { type ExecOptions, exec } from "../../src/main/exec-command.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});

const given = (...init: ConstructorParameters<typeof TinyBoard>) => {
  const board = new TinyBoard(...init);
  boards.push(board);
  return async (commands: readonly string[], options: Partial<ExecOptions> = {}) => {
    const io = recordedIo();
    const code = await exec(io, {
      board: board.path,
      clock: "virtual",
      log: silentLogger(),
      env: {},
      commands,
      json: false,
      stats: false,
      timeoutSeconds: 5,
      ...options,
    });
    return { code, io };
  };
};

describe("exec", () => {
  it("waits for the guest, runs the commands in order and prints what they say", async () => {
    const run = given(READY_TEXT, "wait");
    const { code, io } = await run(["echo one", "echo two; vcpu list"]);
    expect(code).toBe(0);
    expect(io.stdout).toMatch(/^one \ntwo \n/);
    expect(io.stdout).toMatch(/guest0\/vcpu0/);
    expect(io.stderr).toBe("");
  });

  it("logs in where the guest asks who is there", async () => {
    const boot = { readyPattern: "login: $", login: "me", shellPrompt: "me\\r$" };
    const run = given("hello\r\ntiny login: ", "echo", boot);
    const { code, io } = await run(["vserial dump guest0/uart0"]);
    expect(code).toBe(0);
    expect(io.stdout).toMatch(/tiny login: me\r/);
    const silent = given("hello\r\ntiny login: ", "wait", boot);
    await expect(silent([])).rejects.toMatchObject({ code: "commands-missing" });
    await expect(silent(["version"])).rejects.toMatchObject({ facts: { pattern: "me\\r$" } });
  });

  it("runs every command and exits with 1 when one of them failed", async () => {
    const run = given(READY_TEXT, "wait");
    const { code, io } = await run(["guest status nobody", "echo after"]);
    expect(code).toBe(1);
    expect(io.stdout).toMatch(/Error: command guest failed \(code -\d+\)\nafter \n$/);
  });

  it("gives one line of JSON for each console command", async () => {
    const run = given(READY_TEXT, "wait");
    const { code, io } = await run(["version; echo x", "guest status nobody"], { json: true });
    const lines = io.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ command, code }) => [command, code === 0])).toEqual([
      ["version", true],
      ["echo x", true],
      ["guest status nobody", false],
    ]);
    expect(lines[0]).toMatchObject({ schema: "komainu.exec/1", data: { name: "Komainu" } });
    expect(code).toBe(1);
  });

  it("gives the same output and the same instruction counts on every run", async () => {
    const run = given(READY_TEXT, "echo");
    const commands = ["sleep msecs 3", "vcpu stats", "heap info"];
    const runs = await Promise.all([run(commands, { stats: true }), run(commands, { stats: true })]);
    const [a, b] = runs.map(({ io }) => {
      const stats = JSON.parse(io.stderr);
      const phases = stats.phases.map((p: Record<string, unknown>) => [p.name, p.instructions, p.virtualSeconds]);
      return { stdout: io.stdout, phases };
    });
    expect(a).toEqual(b);
    expect(a.phases.map(([name]: string[]) => name)).toEqual(["load", "boot", ...commands]);
    // 5 ns an instruction: 3 ms are 600,000 of a guest that never rests.
    expect(a.phases[2][1]).toBeGreaterThanOrEqual(600_000);
    expect(a.phases[3][1]).toBe(0);
  });

  it("lets time pass for a guest that sleeps", async () => {
    const run = given(READY_TEXT, "wait");
    const { io } = await run(["sleep secs 3"], { stats: true });
    const { phases } = JSON.parse(io.stderr);
    expect(phases[2]).toMatchObject({ name: "sleep secs 3", virtualSeconds: 3 });
    expect(phases[2].instructions).toBeLessThan(100);
  });

  it("refuses an unknown command before it boots", async () => {
    const run = given("", "spin");
    await expect(run(["guset list"])).rejects.toMatchObject({
      code: "console-command-unknown",
      exitCode: 2,
      hint: "Did you mean guest?",
    });
    await expect(run([])).rejects.toMatchObject({ code: "commands-missing", exitCode: 2 });
  });

  it("says what the console showed when the guest does not get ready in time", async () => {
    const run = given("booting\r\nstill booting\r\n", "spin");
    await expect(run(["version"], { timeoutSeconds: 0.01 })).rejects.toMatchObject({
      code: "guest-not-ready",
      exitCode: 42,
      facts: { pattern: "komainu: guest ready", lastLines: ["booting", "still booting"] },
    });
  });

  it("says that the guest halted, and its last words", async () => {
    const run = given("Kernel panic - not syncing\r\n", "halt");
    await expect(run(["version"])).rejects.toMatchObject({
      code: "guest-stopped",
      exitCode: 1,
      facts: { lastLines: ["Kernel panic - not syncing"], why: "halted" },
    });
  });

  it("says that the guest waits for ever", async () => {
    const run = given("komainu: guest ready\r\n", "wait");
    await expect(run(["version"])).rejects.toMatchObject({
      code: "guest-stopped",
      facts: { why: "waits for ever", lastLines: ["komainu: guest ready"] },
    });
  });

  it("ends a command that takes too long with exit code 42", async () => {
    const run = given(READY_TEXT, "wait");
    await expect(run(["vserial exec guest0/uart0 ls"], { timeoutSeconds: 1 })).rejects.toMatchObject({
      code: "command-timeout",
      exitCode: 42,
    });
  });

  it("runs nothing after shutdown", async () => {
    const run = given(READY_TEXT, "wait");
    const { code, io } = await run(["shutdown", "echo never"]);
    expect(code).toBe(0);
    expect(io.stdout).not.toContain("never");
  });

  it("names a missing image", async () => {
    const run = given(READY_TEXT, "wait");
    await expect(run(["version"], { kernel: "/nonexistent/zImage" })).rejects.toMatchObject({
      code: "image-missing",
      exitCode: 3,
    });
  });
});
