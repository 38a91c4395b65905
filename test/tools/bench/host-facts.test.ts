import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitOf, firstLineOf } from "../../../tools/bench/host-facts.ts";
import { givenFolder } from "./samples.ts";

function givenRepository(): string {
  const folder = givenFolder();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
  git("init", "--quiet");
  writeFileSync(join(folder, "file"), "one\n");
  git("add", "file");
  git("-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "--quiet", "-m", "first");
  return folder;
}

describe("facts of the host", () => {
  it("mark a commit that the files differ from", () => {
    const folder = givenRepository();
    expect(commitOf(folder)).toMatch(/^[0-9a-f]{7,}$/);
    writeFileSync(join(folder, "untracked"), "");
    expect(commitOf(folder)).toMatch(/^[0-9a-f]{7,}$/);
    writeFileSync(join(folder, "file"), "two\n");
    expect(commitOf(folder)).toMatch(/^[0-9a-f]{7,}\+$/);
  });

  it("have no commit outside a repository", () => {
    expect(commitOf(givenFolder())).toBe("unknown");
  });

  it("name a program that is missing, and how to get it", () => {
    expect(firstLineOf(process.execPath, ["--version"], "")).toBe(process.version);
    expect(() => firstLineOf("/no/such/qemu", ["--version"], "apt-get install it")).toThrow(
      expect.objectContaining({ code: "bench-program-missing", hint: "apt-get install it" }),
    );
  });
});
