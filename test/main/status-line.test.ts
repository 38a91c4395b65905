import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { StatusLine } from "../../src/main/status-line.ts";
import { until } from "../serial/socat-pair.ts";
import { recordedIo } from "./recorded-io.ts";

describe("StatusLine", () => {
  it("shows on a terminal what goes on, and erases it at the end", async () => {
    const io = recordedIo({ TERM: "xterm" }, true);
    let count = 0;
    const answer = await new StatusLine(io).during(
      () => `step ${++count}`,
      async () => {
        await until(() => io.stderr.includes("step 2"), "two updates");
        return 42;
      },
    );
    expect(answer).toBe(42);
    expect(io.stderr).toMatch(/^\r\x1b\[Kstep 1\r\x1b\[Kstep 2.*\r\x1b\[K$/);
    expect(io.stdout).toBe("");
  });

  it("makes room for what is printed meanwhile", async () => {
    const io = recordedIo({ TERM: "xterm" }, true);
    const line = new StatusLine(io);
    await line.during(
      () => "busy",
      async () => {
        await until(() => io.stderr.includes("busy"), "the line");
        line.io.err("WARNING: look\n");
        expect(io.stderr).toMatch(/busy\r\x1b\[KWARNING: look\n$/);
      },
    );
    line.io.out("done\n");
    expect(io.stdout).toBe("done\n");
  });

  it("erases the line when the work fails", async () => {
    const io = recordedIo({ TERM: "xterm" }, true);
    const work = async () => {
      await until(() => io.stderr.includes("busy"), "the line");
      throw new Error("broken");
    };
    await expect(new StatusLine(io).during(() => "busy", work)).rejects.toThrow("broken");
    expect(io.stderr).toMatch(/\r\x1b\[K$/);
  });

  it.each([
    ["a file", recordedIo({ TERM: "xterm" }, false)],
    ["a dumb terminal", recordedIo({ TERM: "dumb" }, true)],
  ])("shows nothing on %s", async (_name, io) => {
    let asked = 0;
    await new StatusLine(io).during(
      () => `${++asked}`,
      () => delay(600),
    );
    expect([asked, io.stderr]).toEqual([0, ""]);
  });
});
