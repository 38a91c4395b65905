import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const tools = join(import.meta.dirname, "../../tools");
const bundled = readdirSync(tools).filter(
  (name) => name.endsWith(".mjs") && readFileSync(join(tools, name), "utf8").includes("await runBundled("),
);

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: tools, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("tools that are bundled", () => {
  it("are most of them", () => expect(bundled.length).toBeGreaterThan(8));

  it.each(bundled)("%s --help tells what it does and how it is called", (name) => {
    const { status, stdout, stderr } = run(name, "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`node tools/${name}`);
    expect(stdout).not.toMatch(/\*\/|^ ?\*/m);
    // Every option that its parser knows.
    const source = readFileSync(join(tools, name.replace(".mjs", ".ts")), "utf8");
    const [, options = ""] = /parseArgs\(\{([\s\S]*?)\}\);/.exec(source) ?? [];
    for (const [, option] of options.matchAll(/"?([\w-]+)"?: \{ type:/g)) expect(stdout).toContain(`--${option}`);
  });

  it("say in words what is wrong with a command line", () => {
    const { status, stderr } = run("mutate-profiles.mjs", "--cuont", "3");
    expect(status).toBe(2);
    expect(stderr).toContain("--cuont");
    expect(stderr).toContain("--help");
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
