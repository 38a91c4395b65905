import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { findAnswer, measureQemu, qemuArgs } from "../../../tools/bench/qemu-session.ts";
import { fakeQemu, fakeGuestFiles as files } from "./fake-machines.ts";
import { givenFolder } from "./samples.ts";

const prompt = new RegExp(files.shellPrompt);
const givenQemu = (limitSeconds = 60) => ({ program: fakeQemu(givenFolder()), files, limitSeconds });

afterEach(() => vi.unstubAllEnvs());

describe("finding an answer in what the guest printed", () => {
  const typed = "\r\n/ # echo '<'b1'>'; eval 'ls'; echo '<'b1:$?'>'\r\n";

  it("takes what is between the marks, not the echo of the typed line", () => {
    const text = `${typed}<b1>\r\none\r\ntwo\r\n<b1:0>\r\n/ # `;
    expect(findAnswer(text, "b1", prompt)).toEqual({ output: "one\ntwo\n", status: 0 });
  });

  it("waits for the prompt, and sees it before a terminal's cursor query", () => {
    const text = `${typed}<b1>\r\n<b1:12>\r\n`;
    expect(findAnswer(text, "b1", prompt)).toBeUndefined();
    expect(findAnswer(`${text}/tmp # \x1b[6n`, "b1", prompt)).toEqual({ output: "", status: 12 });
  });

  it("finds nothing while the command runs, or for another mark", () => {
    expect(findAnswer(typed, "b1", prompt)).toBeUndefined();
    expect(findAnswer(`${typed}<b1>\r\n/ # `, "b1", prompt)).toBeUndefined();
    expect(findAnswer(`${typed}<b1>\r\n<b1:0>\r\n/ # `, "b2", prompt)).toBeUndefined();
  });
});

describe("a session of QEMU", () => {
  it("starts the board with the guest's files, command line and memory", () => {
    const args = qemuArgs({ program: "qemu-system-arm", files, limitSeconds: 1 });
    expect(args.join(" ")).toContain("-M fakemachine -m 96 ");
    expect(args.slice(-8)).toEqual([
      "-kernel",
      files.kernel,
      "-dtb",
      files.deviceTree,
      "-initrd",
      files.initrd,
      "-append",
      files.machineCommandLine,
    ]);
  });

  it("boots, tries an empty command, and gives output and status of each job", async () => {
    const jobs = [
      { name: "text", round: 1, command: "printf 'a\\nb\\n' | tr a-z A-Z" },
      { name: "loop", round: 2, command: "i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i; (exit 7)" },
    ];
    const sample = await measureQemu(givenQemu(), jobs);
    expect(sample.workloads).toMatchObject([
      { name: "text", round: 1, output: "A\nB\n", status: 0 },
      { name: "loop", round: 2, output: "3\n", status: 7 },
    ]);
    for (const timing of [sample.boot, sample.roundTrip, ...sample.workloads]) {
      expect(timing?.wallSeconds).toBeGreaterThan(0);
      expect(timing?.cpuSeconds).toBeGreaterThanOrEqual(0);
    }
  });

  it("without jobs is the boot alone", async () => {
    const { roundTrip, workloads } = await measureQemu(givenQemu(), []);
    expect([roundTrip, workloads]).toEqual([undefined, []]);
  });

  it("shows the last words of a guest that panics", async () => {
    vi.stubEnv("FAKE_END", "panic");
    await expect(measureQemu(givenQemu(), [])).rejects.toMatchObject({
      code: "bench-machine-ended",
      message: expect.stringMatching(/QEMU ended \(exit code 4\).*Kernel panic/s),
    });
  });

  it("gives up on a guest that never shows a prompt", async () => {
    vi.stubEnv("FAKE_END", "silent");
    await expect(measureQemu(givenQemu(0.5), [])).rejects.toMatchObject({ code: "bench-timeout", exitCode: 42 });
  });

  it("says which program is missing", async () => {
    const options = { program: join(givenFolder(), "no-qemu"), files, limitSeconds: 60 };
    await expect(measureQemu(options, [])).rejects.toMatchObject({ code: "bench-program-missing", exitCode: 3 });
  });
});
