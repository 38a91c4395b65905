import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main/program.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const given = async (...args: string[]) => {
  const io = recordedIo();
  const code = await main(args, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
};

/** Compares with the golden file; `UPDATE_GOLDEN=1` writes it anew. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`../golden/usage/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(new URL(".", file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `test/golden/usage/${name}.txt exists (UPDATE_GOLDEN=1 writes it)`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

describe("the command line", () => {
  it("tells its version", async () => {
    expect(await given("--version")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^komainu \d+\.\d+\.\d+\n$/),
      stderr: "",
    });
  });

  it.each([
    [[]],
    [["run"]],
    [["exec"]],
    [["guest"]],
    [["guest", "list"]],
    [["guest", "build"]],
    [["guest", "fetch"]],
    [["board"]],
    [["board", "list"]],
    [["board", "lint"]],
    [["board", "show"]],
    [["board", "schema"]],
    [["board", "export"]],
    [["console"]],
  ])("helps with %j, with examples", async (command) => {
    const { code, stdout, stderr } = await given(...command, "--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: komainu/);
    expect(stdout).toContain("$ komainu");
    expectGolden(["komainu", ...command].join("-"), stdout);
  });

  it.each([
    [["frobnicate"], "unknown command"],
    [[], "Usage: komainu"],
    [["exce"], "Did you mean exec?"],
    [["guest", "biuld"], "Did you mean build?"],
    [["run", "--seral"], "Did you mean --serial?"],
    [["guest", "fetch", "versatilepb"], "komainu guest build versatilepb"],
    [["guest", "fetch", "raspberypi"], 'Did you mean "raspberrypi"?'],
    [["guest", "build", "raspberrypi"], "komainu guest fetch raspberrypi"],
    [["run", "--frobnicate"], "unknown option"],
    [["board", "lint"], "missing required argument"],
    [["exec", "--clock", "wall", "version"], "expected virtual or real"],
    [["exec", "--timeout", "soon", "version"], "option-invalid"],
    [["exec"], "commands-missing"],
    [["exec", "versatilpb", "version"], "board-unknown"],
    [["exec", "guset list"], "console-command-unknown"],
    [["run", "--serial", "COM1"], "serial-spec-invalid"],
  ])("answers %j with exit code 2 and words", async (args, words) => {
    const { code, stdout, stderr } = await given(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stdout).toBe("");
  });

  it.each([
    [["run", "--serial", "/dev/ttyNOSUCH7"], "port-missing"],
    [
      ["exec", "--kernel", "/nonexistent", "--dtb", "/nonexistent", "--initrd", "/nonexistent", "version"],
      "image-missing",
    ],
  ])("answers %j with exit code 3", async (args, words) => {
    const { code, stderr } = await given(...args);
    expect(code).toBe(3);
    expect(stderr).toContain(words);
  });

  it("passes everything on to exec", async () => {
    const board = new TinyBoard(READY_TEXT, "wait");
    const { code, stdout, stderr } = await given("exec", "--json", "--stats", board.path, "echo hi", "sleep msecs 1");
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).command),
    ).toEqual(["echo hi", "sleep msecs 1"]);
    expect(JSON.parse(stderr.trimEnd().split("\n").at(-1)!)).toMatchObject({ clock: "virtual" });
    board.dispose();
  });
});
