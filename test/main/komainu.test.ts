import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const komainu = (command: string) =>
  spawnSync("sh", ["-c", command], {
    encoding: "utf8",
    env: { ...process.env, KOMAINU: `${process.execPath} --import tsx src/main/komainu.ts` },
  });

describe("the program", () => {
  it("ends with the exit code of what it did", () => {
    expect(komainu("$KOMAINU --version")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("komainu "),
      stderr: "",
    });
    expect(komainu("$KOMAINU board show nosuch")).toMatchObject({ status: 2, stdout: "" });
  });

  it("does not complain when its reader has seen enough", () => {
    const { stdout, stderr } = komainu("$KOMAINU board show | head -1");
    expect(stdout).toMatch(/^[a-z-]+: .*\n$/);
    expect(stderr).toBe("");
  });
});
