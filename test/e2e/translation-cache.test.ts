/** Compiled code kept on disk changes nothing that the guest or a user could tell. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exec, reportOf, type Stats } from "./program.ts";

const COMMANDS = ["vserial exec guest0/uart0 ps; cat /proc/interrupts; ls -lR /sys/class | md5sum; date", "ids plist"];

describe("exec --translation-cache", () => {
  const folder = mkdtempSync(join(tmpdir(), "komainu-translations-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (where: string, ...more: string[]) =>
    exec("--engine", "jit", "--translation-cache", where, "--stats", ...more, ...COMMANDS);
  const seen = ({ stdout, stderr, code }: Awaited<ReturnType<typeof run>>) => {
    const { instructions, virtualSeconds, phases } = reportOf<Stats>(stderr, "komainu.stats/1");
    const counts = phases.map((phase) => [phase.name, phase.instructions, phase.virtualSeconds]);
    return { stdout, code, instructions, virtualSeconds, counts };
  };

  it("gives the same bytes, counts and virtual time without, with an empty and with a full cache", async () => {
    const cold = seen(await run("off"));
    const first = seen(await run(folder));
    const [name] = readdirSync(folder);
    expect(readFileSync(join(folder, name)).length).toBeGreaterThan(50_000);
    const warm = seen(await run(folder));
    expect(first).toEqual(cold);
    expect(warm).toEqual(cold);
  });

  it("starts cold, with a warning and the same output, when the file was changed", async () => {
    const cold = seen(await run("off"));
    const path = join(folder, readdirSync(folder)[0]);
    const content = readFileSync(path);
    content[content.length >> 1] ^= 0x10;
    writeFileSync(path, content);
    const changed = await run(folder, "--verbose");
    expect(changed.stderr).toContain("its content was changed or cut");
    expect(seen(changed)).toEqual(cold);
  });

  it("comes to the same state at any instruction", async () => {
    const stateAt = async (where: string) => {
      const { stderr } = await exec("--engine", "jit", "--translation-cache", where, "--run-to", "31234567");
      return reportOf<Record<string, unknown>>(stderr, "komainu.state/1");
    };
    await stateAt(folder);
    expect(await stateAt(folder)).toEqual(await stateAt("off"));
  });
});
