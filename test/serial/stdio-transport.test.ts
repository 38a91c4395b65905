import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { StdioTransport } from "../../src/serial/stdio-transport.ts";
import type { Disconnection } from "../../src/serial/transport.ts";
import { hasSocat, until } from "./socat-pair.ts";

const given = async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const transport = new StdioTransport({ input, output });
  const heard = { text: "", closed: [] as Disconnection[] };
  transport.onData = (data) => {
    heard.text += Buffer.from(data).toString("latin1");
  };
  transport.onClose = (disconnection) => heard.closed.push(disconnection);
  await transport.start();
  return { input, output, transport, heard };
};

describe("a console on the standard streams", () => {
  it("passes bytes of a pipe as they are, Ctrl-T too", async () => {
    const { input, transport, heard } = await given();
    input.write("\x14qhelp\n");
    await until(() => heard.text.length === 7, "the bytes");
    expect(heard.text).toBe("\x14qhelp\n");
    expect(transport.isInteractive).toBe(false);
  });

  it("tells the end of the input once and still writes after it", async () => {
    const { input, output, transport, heard } = await given();
    input.end("last\n");
    await until(() => heard.closed.length > 0, "the end");
    transport.write("answer\n");
    expect(heard).toEqual({ text: "last\n", closed: [{ reason: "end of input", final: true }] });
    expect(String(output.read())).toBe("answer\n");
  });

  it("counts what a slow reader has not taken, and tells when it has", async () => {
    const { output, transport } = await given();
    let drained = 0;
    transport.onDrain = () => {
      drained++;
    };
    transport.write("z".repeat(200_000));
    expect(transport.pendingBytes).toBeGreaterThan(100_000);
    output.resume();
    await until(() => drained > 0, "the drain");
    expect(transport.pendingBytes).toBe(0);
  });

  it("ends when the reader of its output is gone", async () => {
    const { output, transport, heard } = await given();
    output.destroy(new Error("EPIPE"));
    await until(() => heard.closed.length > 0, "the end");
    expect(heard.closed).toEqual([{ reason: "output: EPIPE", final: true }]);
    expect(transport.isConnected).toBe(false);
  });

  it("takes no more input when stopped", async () => {
    const { input, output, transport, heard } = await given();
    output.resume();
    await transport.stop();
    input.write("late");
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.text).toBe("");
    expect(heard.closed).toEqual([{ reason: "stopped", final: true }]);
  });
});

/** Runs a program that starts the transport on a terminal of its own; the line settings are shown before and after. */
const onTerminal = (program: string): string => {
  const source = fileURLToPath(new URL("../../src/serial/stdio-transport.ts", import.meta.url));
  const code = `import { StdioTransport } from ${JSON.stringify(source)};
    import { execFileSync } from "node:child_process";
    const settings = () => execFileSync("stty", ["-a"], { stdio: ["inherit", "pipe", "pipe"] }).toString();
    const transport = new StdioTransport();
    await transport.start();
    console.log("WITHIN" + (/ -icanon/.test(settings()) ? " raw" : " cooked"));
    ${program}`;
  const script = `"$NODE" --import tsx --input-type=module -e "$CODE" 2>/dev/null; echo "STATUS $?"; stty -a`;
  const result = spawnSync("socat", ["-t5", "-", 'SYSTEM:eval "$SCRIPT",pty,setsid,ctty,stderr'], {
    env: { ...process.env, NODE: process.execPath, CODE: code, SCRIPT: script },
    encoding: "utf8",
    input: "",
  });
  return result.stdout;
};

describe.skipIf(!hasSocat)("the terminal", () => {
  it.each([
    ["a stop", "await transport.stop();", 0],
    ["process.exit", "process.exit(4);", 4],
    ["a crash", "throw new Error('crash');", 1],
    ["SIGTERM", "process.kill(process.pid, 'SIGTERM'); await new Promise((r) => setTimeout(r, 5000));", 143],
    ["SIGHUP", "process.kill(process.pid, 'SIGHUP'); await new Promise((r) => setTimeout(r, 5000));", 129],
  ])("is raw while the console runs and as before after %s", (_how, program, status) => {
    const shown = onTerminal(program);
    expect(shown).toContain("WITHIN raw");
    expect(shown).toContain(`STATUS ${status}`);
    expect(shown.split("STATUS")[1]).toMatch(/ icanon/);
  });
});
