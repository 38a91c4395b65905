/** A program in a real terminal, by tmux(1): typed at by keys, read as it shows on the screen. */
import { spawnSync } from "node:child_process";
import { cleanEnv } from "./program.ts";

const POLL_MS = 50;
/** Only keeps a broken test from hanging. */
const MAX_POLLS = 2_000;

/** Printed by the shell that started the program: tmux itself does not always learn the code. */
const EXITED = /^exited with (\d+)$/m;

let sessions = 0;

export class TmuxTerminal {
  private readonly socket = `komainu-e2e-${process.pid}-${sessions++}`;

  /** Starts `words` in a terminal of 200 columns and 50 lines, which stays when the program has ended. */
  constructor(words: readonly string[]) {
    const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const settings = "set-option -g remain-on-exit on ; set-option -g history-limit 20000 ;".split(" ");
    const session = ["new-session", "-d", "-x", "200", "-y", "50", `${command}; code=$?; echo; echo exited with $code`];
    this.tmux("-f", "/dev/null", "start-server", ";", ...settings, ...session);
  }

  private tmux(...args: string[]): string {
    const { error, status, stdout, stderr } = spawnSync("tmux", ["-L", this.socket, ...args], {
      encoding: "utf8",
      env: cleanEnv(),
    });
    if (error !== undefined) throw new Error("tmux is missing; install it with: sudo apt-get install -y tmux");
    if (status !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** All that was shown, from the beginning, without blanks at the ends of lines. */
  text(): string {
    return this.tmux("capture-pane", "-p", "-J", "-S", "-").replace(/ +$/gm, "").trimEnd();
  }

  /** The line the cursor is in. */
  lastLine(): string {
    return this.text().split("\n").at(-1) ?? "";
  }

  type(text: string): void {
    this.tmux("send-keys", "-l", text);
  }

  /** Keys by tmux's names: `Enter`, `Tab`, `Escape`. */
  press(...keys: string[]): void {
    this.tmux("send-keys", ...keys);
  }

  async waitUntil(condition: (terminal: this) => boolean, what: string): Promise<void> {
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      if (condition(this)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`waited in vain for ${what}; the terminal shows:\n${this.text()}`);
  }

  /** Waits until the cursor's line matches. */
  waitForLine(pattern: RegExp): Promise<void> {
    return this.waitUntil(() => pattern.test(this.lastLine()), String(pattern));
  }

  /** The exit code of the program, when it has ended. */
  async exitCode(): Promise<number> {
    await this.waitUntil(() => EXITED.test(this.text()), "the program's end");
    return Number(EXITED.exec(this.text())?.[1]);
  }

  dispose(): void {
    this.tmux("kill-server");
  }
}
