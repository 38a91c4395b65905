import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Logger, type LogRecord, silentLogger } from "../../src/base/index.ts";
import { type ExecOptions, exec } from "../../src/main/exec-command.ts";
import { parseBootCache } from "../../src/main/options.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const disposals: (() => void)[] = [];
afterEach(() => {
  for (const dispose of disposals.splice(0)) dispose();
});

/** What the guest does when it has come to its prompt shows in all of these. */
const COMMANDS = ["vserial dump guest0/uart0", "sleep msecs 3", "vcpu dumpstat 1", "heap info", "guest list"];

/** `str r0, [r1, #0xf00]` with R1 at uart0. */
const STORE_TO_NO_REGISTER = 0xe5810f00;

const given = (ending: ConstructorParameters<typeof TinyBoard>[1] = "echo", text = READY_TEXT) => {
  const board = new TinyBoard(text, ending);
  const folder = mkdtempSync(join(tmpdir(), "komainu-boot-cache-"));
  disposals.push(
    () => board.dispose(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
  const cache = join(folder, "cache");
  const files = (): string[] => readdirSync(cache).map((name) => join(cache, name));
  const end = join(folder, "end.snap");
  const run = async (options: Partial<ExecOptions> = {}) => {
    const io = recordedIo();
    const logged: LogRecord[] = [];
    const code = await exec(io, {
      board: board.path,
      clock: "virtual",
      log: new Logger("", (record) => logged.push(record)),
      env: {},
      commands: COMMANDS,
      json: false,
      stats: true,
      timeoutSeconds: 5,
      bootCache: { folder: cache },
      save: end,
      ...options,
    });
    const { boot, phases } = JSON.parse(io.stderr.trimEnd().split("\n").at(-1) ?? "");
    return {
      isRestored: boot === "restored",
      logged,
      /** Everything that must be the same, the end state of the whole machine included. */
      result: {
        code,
        stdout: io.stdout,
        logged: logged.filter(({ level }) => level !== "warning"),
        phases: phases.map((p: Record<string, unknown>) => [p.name, p.instructions, p.virtualSeconds]),
        end: readFileSync(end).toString("base64"),
      },
    };
  };
  return { board, run, files, folder };
};

describe("--boot-cache", () => {
  it("gives the same output, counts and end state to a run that goes on from an earlier boot", async () => {
    const { run, files } = given();
    const cold = await run({ bootCache: "off" });
    const first = await run();
    const second = await run();
    expect([cold, first, second].map(({ isRestored }) => isRestored)).toEqual([false, false, true]);
    expect(first.result).toEqual(cold.result);
    expect(second.result).toEqual(cold.result);
    expect(cold.result.stdout).toContain("komainu: guest ready");
    expect(cold.result.phases[1][1]).toBeGreaterThan(100);
    expect(files()).toHaveLength(1);
  });

  it("serves both engines with one file", async () => {
    const { run, files } = given();
    const kept = await run({ engine: "interp" });
    const [interp, jit] = [await run({ engine: "interp" }), await run({ engine: "jit" })];
    expect([kept.isRestored, interp.isRestored, jit.isRestored]).toEqual([false, true, true]);
    expect(interp.result).toEqual(kept.result);
    expect(jit.result).toEqual(kept.result);
    expect(files()).toHaveLength(1);
  });

  it("can still reset the guest, whose images are loaded then", async () => {
    const commands = ["guest reset guest0", "guest kick guest0", "sleep msecs 1", "vserial dump guest0/uart0"];
    const { run } = given();
    const cold = await run({ commands });
    const warm = await run({ commands });
    expect([cold.isRestored, warm.isRestored]).toEqual([false, true]);
    expect(warm.result).toEqual(cold.result);
    // The first boot's text and the second's.
    expect(warm.result.stdout.match(/guest ready/g)).toHaveLength(2);
  });

  it("boots another image, command line or board anew", async () => {
    const { run, files, board } = given();
    await run();
    expect((await run({ append: "quiet" })).isRestored).toBe(false);
    const kernel = join(board.folder, "tiny.bin");
    appendFileSync(kernel, "more");
    expect((await run()).isRestored).toBe(false);
    const profile = JSON.parse(readFileSync(board.path, "utf8"));
    profile.cpu.nsPerInstruction = 7;
    writeFileSync(board.path, JSON.stringify(profile));
    expect((await run()).isRestored).toBe(false);
    expect((await run()).isRestored).toBe(true);
    expect(files()).toHaveLength(4);
  });

  it("boots, says why, and keeps a good file again when the one it finds is damaged", async () => {
    const { run, files } = given();
    const good = await run();
    const [path] = files();
    const whole = readFileSync(path);
    const damages: (() => void)[] = [
      () => writeFileSync(path, whole.subarray(0, whole.length - 1)),
      () => writeFileSync(path, "something else"),
      () => {
        const changed = Buffer.from(whole);
        changed[changed.length - 5000] ^= 1;
        writeFileSync(path, changed);
      },
      () => chmodSync(path, 0o666),
    ];
    for (const [i, damage] of damages.entries()) {
      damage();
      const again = await run();
      expect(again.isRestored, `damage ${i}`).toBe(false);
      expect(again.result).toEqual(good.result);
      const warnings = again.logged.filter(({ level }) => level === "warning");
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/; the guest is booted instead$/)]);
      expect(readFileSync(path).equals(whole)).toBe(true);
      expect((await run()).isRestored).toBe(true);
    }
  });

  it("leaves it to the boot to say that it takes too long", async () => {
    const commands = ["version"];
    const { run } = given();
    const { result } = await run({ commands });
    const [, [, , bootSeconds]] = result.phases;
    expect((await run({ commands, timeoutSeconds: bootSeconds })).isRestored).toBe(false);
    expect((await run({ commands, timeoutSeconds: bootSeconds + 1e-6 })).isRestored).toBe(true);
  });

  it("reads no compiled code for a run that goes on from a prompt", async () => {
    const { run, board, folder } = given();
    const caches = { bootCache: { folder: join(folder, "cache") }, translationCache: { folder } };
    const powered = () =>
      powerOn({ board: board.path, clock: "virtual", engine: "jit", log: silentLogger(), env: {}, ...caches });
    expect(powered().translations).toBeDefined();
    await run();
    expect([powered().bootCache?.isRestored, powered().translations]).toEqual([true, undefined]);
  });

  it("keeps no boot that did not come to the prompt", async () => {
    const { run, folder } = given("halt", "komainu: guest ready\r\n");
    await expect(run()).rejects.toMatchObject({ code: "guest-stopped" });
    expect(readdirSync(folder)).not.toContain("cache");
  });

  it("boots all the same where nothing can be kept", async () => {
    const { run, folder } = given();
    writeFileSync(join(folder, "file"), "");
    const { result, logged } = await run({ bootCache: { folder: join(folder, "file/cache") } });
    expect(result.code).toBe(0);
    expect(logged.at(-1)?.message).toMatch(/is not kept/);
  });

  it("executes boots that depend on more than their inputs, or that are what was asked for", async () => {
    const { run, folder } = given();
    await run();
    const disk = join(folder, "disk");
    writeFileSync(disk, Buffer.alloc(512));
    const others: Partial<ExecOptions>[] = [
      { clock: "real", commands: ["version"] },
      { disk: `${disk},ro` },
      { faithfulBoot: true },
      { countRows: true },
      { saveAt: 10 },
    ];
    for (const options of others) {
      expect((await run(options)).isRestored, Object.keys(options).join()).toBe(false);
    }
    expect((await run()).isRestored).toBe(true);
  });

  it("is not looked at by --restore and --run-to", async () => {
    const { run, files, folder } = given();
    await run();
    // Whoever looks at it complains.
    for (const path of files()) writeFileSync(path, "no checkpoint");
    const snapshot = join(folder, "point.snap");
    const others: Partial<ExecOptions>[] = [
      { runTo: 50, commands: [], save: snapshot },
      { restore: snapshot, runTo: 60, commands: [] },
    ];
    for (const options of others) {
      const { isRestored, logged } = await run(options);
      expect([isRestored, logged.filter(({ level }) => level === "warning")]).toEqual([false, []]);
    }
    expect((await run()).logged.filter(({ level }) => level === "warning")).toHaveLength(1);
  });

  it("says what the devices said on the way, and only once what they say once", async () => {
    const { run, board } = given("spin");
    const kernel = join(board.folder, "tiny.bin");
    const code = readFileSync(kernel);
    // Before the text, and in place of counting for ever after it: a store to a place of the UART without a register.
    for (const word of [4, 11]) code.writeUInt32LE(STORE_TO_NO_REGISTER, 4 * word);
    writeFileSync(kernel, code);
    const [cold, warm] = [await run(), await run()];
    expect([cold.isRestored, warm.isRestored]).toEqual([false, true]);
    expect(cold.logged.filter(({ level }) => level === "warning")).toEqual([
      { level: "warning", source: "uart0", message: "write to unknown register at offset 0xf00" },
      { level: "warning", source: "uart0", message: expect.stringContaining("while the transmitter is off") },
    ]);
    expect(warm.logged).toEqual(cold.logged);
  });

  it("is on, off or a folder", () => {
    expect(["on", "off", "/some/folder"].map(parseBootCache)).toEqual(["on", "off", { folder: "/some/folder" }]);
  });
});
