import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Subject } from "../../../tools/bench/subject.ts";
import { givenFolder } from "./samples.ts";

const sh = (script: string, limitSeconds = 60): Subject =>
  new Subject({ name: "the shell", command: "sh", args: ["-c", script], limitSeconds });

describe("a process under measurement", () => {
  it("has no living process any more when it is closed", async () => {
    const pidFile = join(givenFolder(), "pid");
    const subject = sh(`echo $$ > ${pidFile}; echo up; exec sleep 60`);
    await subject.until((text) => text.includes("up"));
    const pid = Number(readFileSync(pidFile, "utf8"));
    expect(process.kill(pid, 0)).toBe(true);
    await subject.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it("is closed without waiting for a process of its own that holds its output", async () => {
    let text = "";
    const subject = sh("sleep 60 & echo pid $!.; wait");
    await subject.until((more) => {
      text += more;
      return text.includes(".");
    });
    await subject.close();
    const sleeper = Number(/pid (\d+)/.exec(text)?.[1]);
    expect(process.kill(sleeper, "SIGKILL")).toBe(true);
  });

  it("counts the CPU time that its process uses", async () => {
    const subject = sh("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo worked; read line");
    await subject.until((text) => text.includes("worked"));
    const worked = subject.lap();
    await subject.close();
    expect(worked.cpuSeconds).toBeGreaterThan(0);
    expect(worked.wallSeconds).toBeGreaterThan(0);
  });

  it("passes on what the reader of its output finds wrong", async () => {
    const subject = sh("echo odd; exec sleep 60");
    const reading = subject.until(() => {
      throw new Error("odd answer");
    });
    await expect(reading).rejects.toThrow("odd answer");
    await subject.close();
  });

  it("that ends early is told with its last words on both streams", async () => {
    const subject = sh("echo out; echo err >&2; exit 9");
    await expect(subject.until(() => false)).rejects.toMatchObject({
      code: "bench-machine-ended",
      message: expect.stringMatching(/exit code 9.*out\n.*err/s),
    });
    await subject.close();
  });
});
