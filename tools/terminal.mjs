/** A program in a terminal of its own (tmux), driven by keystrokes and read as a person reads the screen. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
/** A boot takes seconds; nothing that is typed here takes longer than this. */
const LIMIT_MS = 180_000;
/** Wide enough that no line wraps: what a guest draws over a wrapped line is not worth reading. */
const COLUMNS = 240;

const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

export class Terminal {
  socket = `komainu-transcript-${process.pid}`;
  /** Lines that were handed out by `take` already. */
  taken = 0;

  /** Starts `words` in `folder`; the terminal outlives the program, so that its last lines can be read. */
  start(words, folder) {
    const options = ["history-limit 100000", "escape-time 0", "status off", "remain-on-exit on"];
    const settings = options.flatMap((option) => ["set-option", "-g", ...option.split(" "), ";"]);
    const session = ["new-session", "-d", "-x", String(COLUMNS), "-y", "50", "-c", folder, words.map(quote).join(" ")];
    this.tmux("-f", "/dev/null", "-u", "start-server", ";", ...settings, ...session);
  }

  tmux(...args) {
    try {
      return execFileSync("tmux", ["-L", this.socket, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      if (error.code === "ENOENT") throw new Error("tmux is missing; install it with: sudo apt-get install -y tmux");
      throw error;
    }
  }

  /** Everything shown so far, wrapped lines joined, without the blanks at line ends and at the end of the screen. */
  lines() {
    const lines = this.tmux("capture-pane", "-p", "-J", "-S", "-").split("\n");
    const shown = lines.map((line) => line.trimEnd()).filter((line) => !line.startsWith("Pane is dead"));
    while (shown.at(-1) === "") shown.pop();
    return shown;
  }

  type(text) {
    this.tmux("send-keys", "-l", text);
  }

  /** Named keys: `Enter`, `Escape`, single letters. */
  press(...keys) {
    this.tmux("send-keys", ...keys);
  }

  /** Waits until the last line shown matches, and stays so for a moment. */
  async waitFor(pattern) {
    const endMs = performance.now() + LIMIT_MS;
    for (let matches = 0; matches < 3; ) {
      const last = this.lines().at(-1) ?? "";
      matches = pattern.test(last) ? matches + 1 : 0;
      if (performance.now() > endMs) throw new Error(`expected ${pattern} on the last line, found "${last}"`);
      await sleep(POLL_MS);
    }
  }

  async waitForEnd() {
    const endMs = performance.now() + LIMIT_MS;
    while (this.tmux("display-message", "-p", "#{pane_dead}").trim() !== "1") {
      if (performance.now() > endMs) throw new Error("expected the program to end, found it running");
      await sleep(POLL_MS);
    }
  }

  /** The lines that came since the last call; the one at the cursor, where typing goes on, stays for the next. */
  take({ isLast = false } = {}) {
    const lines = this.lines();
    const end = isLast ? lines.length : lines.length - 1;
    const fresh = lines.slice(this.taken, end);
    this.taken = end;
    return fresh;
  }

  /** Ends this terminal and what runs in it, and no other. */
  close() {
    try {
      this.tmux("kill-server");
    } catch {
      // It ended by itself.
    }
  }
}
