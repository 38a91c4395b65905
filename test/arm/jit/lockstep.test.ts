/** The two engines side by side over the boot; `node tools/lockstep.mjs` goes on to the shell and works there. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const seed = Number(process.env.FUZZ_SEED ?? 1);

describe(`the boot in lock-step, seed ${seed}`, () => {
  it.each([
    { what: "to user land", args: ["--max", "33000000", "--deep", "11000000"] },
    { what: "with almost everything compiled", args: ["--max", "6000000", "--deep", "3000000", "--hot", "2"] },
    {
      what: "through snapshots of the compiling machine",
      args: ["--max", "12000000", "--deep", "1700000", "--restore", "--hot", "20"],
    },
  ])("has equal states $what", ({ args }) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["tools/lockstep.mjs", "--seed", String(seed), ...args],
      { encoding: "utf8" },
    );
    expect(stdout + stderr).toMatch(/: equal\n$/);
    expect(stdout).toMatch(/\b[1-9]\d* regions compiled/);
    expect(status).toBe(0);
  });
});
