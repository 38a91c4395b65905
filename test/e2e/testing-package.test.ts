/** `komainu/testing` as its users have it: packed, installed in another project, typed, and run by that project's vitest. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BOARD, cleanEnv, Scratch } from "./program.ts";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const TEST = `
import { Board, type RunningBoard } from "komainu/testing";
import "komainu/testing/vitest";
import { beforeEach, describe, expect, it } from "vitest";

let board: RunningBoard;
beforeEach(async () => {
  board = await Board.open("${BOARD}");
});

describe("a board", () => {
  it("prints, runs, is clean and has pins", async () => {
    await board.line("echo hello $((40 + 2))");
    await expect(board).toPrint(/^hello 42$/);
    await expect(board).toPrint("/ # ");
    await expect(board).toRun("test -e /proc/version");
    await expect(board).not.toRun("false");
    await expect(board).toPassCheck("syscall");
    await board.drivePin("gpio1.2", "high");
    expect(board).toHavePin("gpio1.2", "high");
    const { status, output } = await board.shell("uname -m");
    expect([status, output]).toEqual([0, "armv5tejl\\n"]);
    expect(board.register("SCTLR") & 1).toBe(1);
    expect(board.readMemory(0x8000, 4)).toHaveLength(4);
    expect((await board.console("vcpu list")).text).toContain("guest0/vcpu0");
    await board.saveSnapshot();
    await board.shell("echo x > /tmp/x");
    await board.loadSnapshot();
    expect((await board.shell("cat /tmp/x")).status).toBe(1);
  });

  it("begins at the same instruction each time, and says why it failed", async () => {
    const other = await Board.open("${BOARD}");
    expect(other.instructions).toBe(board.instructions);
    await board.line("echo hello world");
    const failure = await board.expect("hello worlt", { timeoutMs: 500 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "BoardFailure", kind: "timeout" });
    expect(String(failure)).toMatch(/nearest line, at .*: hello world/);
    expect((failure as { journal: string }).journal).toContain("komainu.journal/1");
  });
});
`;

const run = (command: string, args: readonly string[], cwd: string) =>
  spawnSync(command, args, { cwd, env: cleanEnv(), encoding: "utf8" });

const project = scratch.path("project");
const modules = join(project, "node_modules");

beforeAll(() => {
  const packed = run("npm", ["pack", "--silent", "--pack-destination", scratch.folder], resolve("."));
  expect(packed.stderr).not.toContain("ERR");
  const [tarball] = readdirSync(scratch.folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(join(modules, "komainu"), { recursive: true });
  // What an installation does with the file; everything that it needs is inside.
  run("tar", ["xzf", scratch.path(tarball), "-C", join(modules, "komainu"), "--strip-components=1"], project);
  for (const name of ["vitest", "typescript"]) symlinkSync(resolve("node_modules", name), join(modules, name));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(join(project, "board.test.ts"), TEST);
});

describe("komainu/testing, installed", () => {
  it("has types that a strict project takes", () => {
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--skipLibCheck"];
    const { stdout, status } = run(
      process.execPath,
      ["node_modules/typescript/bin/tsc", ...options, "board.test.ts"],
      project,
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("runs a real board in the project's own vitest", () => {
    const { stdout, stderr, status } = run(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", "--testTimeout=120000", "--hookTimeout=240000"],
      project,
    );
    expect(`${stdout}${stderr}`).toContain("2 passed");
    expect(status).toBe(0);
  });
});
