/** gdb-multiarch on a guest that `komainu exec` runs. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { BOARD, cleanEnv, guestFolder, PROGRAM } from "./program.ts";

export const hasGdb = spawnSync("gdb-multiarch", ["--version"]).status === 0;
export const NO_GDB = "these tests need gdb-multiarch: apt-get install gdb-multiarch";

export interface Debugged {
  /** What gdb printed. */
  readonly shown: string;
  /** How the program ended, and what the console commands printed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Child {
  readonly code: Promise<number | null>;
  text(stream: "out" | "err"): string;
  /** Resolves when standard error has this. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
}

function start(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { env: cleanEnv(), stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  let onText: () => void = () => {};
  for (const [key, stream] of [
    ["out", child.stdout],
    ["err", child.stderr],
  ] as const) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      texts[key] += text;
      onText();
    });
  }
  const code = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  return {
    code,
    text: (stream) => texts[stream],
    sees: async (pattern) => {
      for (;;) {
        const found = pattern.exec(texts.err);
        if (found !== null) return found;
        const hasEnded = await Promise.race([
          code.then(() => true),
          new Promise<false>((resolve) => {
            onText = () => resolve(false);
          }),
        ]);
        if (hasEnded && pattern.exec(texts.err) === null)
          throw new Error(`expected ${String(pattern)}, found the end of:\n${texts.err}`);
      }
    },
  };
}

/** Runs gdb's `commands` on a guest that waits for it before its first instruction. */
export async function debug(
  commands: readonly string[],
  {
    consoleCommands = ["vserial exec guest0/uart0 uname -m"],
    args = ["--gdb-wait"] as readonly string[],
    settings = [] as readonly string[],
  } = {},
): Promise<Debugged> {
  const program = start(process.execPath, [PROGRAM, "exec", BOARD, "--gdb", "0", ...args, ...consoleCommands]);
  const [, port] = await program.sees(/target remote localhost:(\d+)/);
  const always = ["set pagination off", "set confirm off", "set width 0"];
  const lines = [...always, ...settings, `target remote localhost:${port}`, ...commands];
  const vmlinux = join(guestFolder(), "vmlinux");
  const gdb = start("gdb-multiarch", ["-q", "-nx", "-batch", vmlinux, ...lines.flatMap((line) => ["-ex", line])]);
  await gdb.code;
  const code = await program.code;
  return {
    shown: `${gdb.text("out")}${gdb.text("err")}`,
    code,
    stdout: program.text("out"),
    stderr: program.text("err"),
  };
}
