import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTool, TAIL_LINES, type ToolContext, toolOutput } from "../../src/guest/process.ts";
import { givenFolder } from "./fake-tools.ts";

function givenContext(more: Partial<ToolContext> = {}): ToolContext {
  const folder = givenFolder();
  return { step: "compile", logPath: join(folder, "build.log"), env: process.env, ...more };
}

const sh = (context: ToolContext, script: string): Promise<void> =>
  runTool(context, "sh", ["-c", script], join(context.logPath, ".."));

describe("runTool", () => {
  it("gives whole lines of both streams, and logs them after the command", async () => {
    const lines: string[] = [];
    const context = givenContext({ onLine: (line) => lines.push(line) });
    await sh(context, "printf one; sleep 0.05; printf ' line\\nlast'; echo error >&2");
    expect(lines.sort()).toEqual(["error", "last", "one line"]);
    expect(readFileSync(context.logPath, "utf8")).toMatch(/^\$ sh -c /);
    expect(readFileSync(context.logPath, "utf8")).toContain("one line\nlast");
  });

  it("shows the end of the log and where the log is when the tool fails", async () => {
    const context = givenContext();
    const failed = sh(context, "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; exit 7");
    const error = await failed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "guest-build-failed",
      exitCode: 3,
      hint: expect.stringContaining(context.logPath),
    });
    const { message } = error as Error;
    expect(message).toContain('the step "compile" failed: sh ended with exit code 7');
    expect(message).not.toContain("line 70\n");
    expect(message).toContain("line 71\n");
    expect(message.split("\n")).toHaveLength(1 + TAIL_LINES);
    expect(readFileSync(context.logPath, "utf8")).toContain("line 1\n");
  });

  it("says so when the tool cannot be started", async () => {
    const context = givenContext();
    await expect(runTool(context, "/no/such/tool", [], "/")).rejects.toMatchObject({
      code: "guest-build-failed",
      message: expect.stringContaining("ENOENT"),
    });
  });

  it("ends the tool and its children on abort", async () => {
    const abort = new AbortController();
    const context = givenContext({ signal: abort.signal, onLine: () => abort.abort() });
    let childPid = 0;
    const onLine = (line: string): void => {
      childPid = Number(line);
      abort.abort();
    };
    const running = sh({ ...context, onLine }, "sleep 1000 & echo $!; wait");
    await expect(running).rejects.toMatchObject({ code: "guest-build-interrupted", exitCode: 130 });
    expect(childPid).toBeGreaterThan(0);
    // It ends, though not at once, and its new parent may not have collected it yet: no such process, or a zombie.
    const status = `/proc/${childPid}/status`;
    const isEnded = () => !existsSync(status) || readFileSync(status, "utf8").includes("State:\tZ");
    await expect.poll(isEnded, { timeout: 10_000 }).toBe(true);
  });

  it("starts nothing when it is aborted already", async () => {
    const context = givenContext({ signal: AbortSignal.abort() });
    await expect(sh(context, "true")).rejects.toMatchObject({ code: "guest-build-interrupted" });
    expect(existsSync(context.logPath)).toBe(false);
  });
});

describe("toolOutput", () => {
  it("is what the tool prints, without the last line's end", async () => {
    expect(await toolOutput(givenContext(), "printf", ["a\\nb\\n"])).toBe("a\nb");
  });
});
