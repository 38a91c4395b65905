import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkImage } from "../../src/main/check-command.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { recordedIo } from "./recorded-io.ts";

describe("komainu check", () => {
  const guest = new SyntheticKernel();
  let folder: string;
  let image: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-check-"));
    image = join(folder, "memory.raw");
    writeFileSync(image, guest.image);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints one check as the console does, and several with a verdict", async () => {
    const io = recordedIo({});
    expect(await checkImage(io, { image, names: ["plist"] })).toBe(0);
    expect(io.stdout).toMatch(/^PID NAME\n[\s\S]* sh\n/);
    const several = recordedIo({});
    expect(await checkImage(several, { image, names: ["plist", "syscall"] })).toBe(0);
    expect(several.stdout).toMatch(/verdict: clean \(2 clean, 0 FINDING, 0 cannot tell\)\n$/);
  });

  it("answers 1 when there is a finding, with JSON on one line", async () => {
    const changed = new SyntheticKernel();
    changed.word(changed.syscallTable + 44, 0xbf000000);
    const path = join(folder, "changed.raw");
    writeFileSync(path, changed.image);
    const io = recordedIo({});
    expect(await checkImage(io, { image: path, names: ["syscall"], json: true })).toBe(1);
    expect(JSON.parse(io.stdout)).toMatchObject({ schema: "komainu.check/1", check: "syscall", verdict: "finding" });
  });

  it("holds files against the image, warns of one that is not of its kernel, and says what opening took", async () => {
    const map = join(folder, "System.map");
    const lines = guest.symbols.map(({ address, type, name }) => `${address.toString(16)} ${type} ${name}\n`);
    writeFileSync(map, lines.join(""));
    const io = recordedIo({});
    expect(await checkImage(io, { image, names: ["symbols"], symbols: [map], stats: true })).toBe(0);
    expect(io.stdout).toMatch(/^System.map +\d+ of this build; places: 1 agree; symbols: \d+ agree$/m);
    const stats = { schema: "komainu.check-stats/1", imageBytes: expect.any(Number), milliseconds: expect.any(Number) };
    expect(JSON.parse(io.stderr)).toMatchObject(stats);
    writeFileSync(map, lines.join("").replaceAll("c002", "c003"));
    const other = recordedIo({});
    expect(await checkImage(other, { image, names: ["banner"], symbols: [map] })).toBe(0);
    expect(other.stderr).toMatch(/^WARNING: symbols: System.map: of another build, .* it is not used; .*disagree/);
    const alone = recordedIo({});
    expect(await checkImage(alone, { image, names: ["symbols"], symbols: false })).toBe(0);
    expect(alone.stdout).not.toContain("System.map");
  });

  it("says what is wrong with names, processes and files", async () => {
    const refused = (options: Partial<Parameters<typeof checkImage>[1]>) =>
      checkImage(recordedIo({}), { image, names: [], ...options });
    await expect(refused({ names: ["plits"] })).rejects.toMatchObject({
      code: "check-unknown",
      hint: expect.stringContaining("plist"),
    });
    await expect(refused({ names: ["maps"] })).rejects.toMatchObject({ code: "process-needed" });
    await expect(refused({ image: join(folder, "absent") })).rejects.toMatchObject({ code: "image-unreadable" });
    await expect(refused({ cpu: "z80" })).rejects.toMatchObject({ code: "image-cpu-unknown" });
    const bad = join(folder, "bad.snap");
    writeFileSync(bad, "KOMAINU\0garbage");
    await expect(refused({ image: bad })).rejects.toMatchObject({ code: "snapshot-invalid" });
  });
});
