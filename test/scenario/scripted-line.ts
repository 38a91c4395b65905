/** A line with a peer that answers what is written to it, and a clock that jumps when nobody says anything. */
import { spawnSync } from "node:child_process";
import type { LineEvent } from "../../src/base/index.ts";
import type { HostClock, ScriptLine } from "../../src/scenario/index.ts";

/** Time passes when the event loop has nothing else to do. */
export class JumpingClock implements HostClock {
  private ns = 0;

  nowNs(): number {
    return this.ns;
  }

  async sleep(ms: number, wake: Promise<void>): Promise<void> {
    let isAwake = false;
    void wake.then(() => {
      isAwake = true;
    });
    for (let turns = 0; turns < 5; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isAwake) return;
    }
    this.ns += ms * 1e6;
  }
}

export class PeerLine implements ScriptLine {
  readonly name = "desk";
  readonly written: string[] = [];
  readonly events: LineEvent[] = [];
  readonly transfers: string[] = [];
  cancelled = 0;
  /** What the peer says to a line that it got. */
  answer: (line: string) => string;
  onData: (data: Uint8Array) => void = () => {};
  transferEnd: Promise<unknown> = Promise.resolve();
  private line = "";

  constructor(answer: (line: string) => string = () => "") {
    this.answer = answer;
  }

  /** What the peer says unasked. */
  say(text: string): void {
    this.onData(Buffer.from(text));
  }

  write(data: Uint8Array): void {
    const text = Buffer.from(data).toString("utf8");
    this.written.push(text);
    for (const letter of text) {
      if (letter === "\x15") this.line = "";
      else if (letter === "\r") {
        const line = this.line;
        this.line = "";
        setImmediate(() => this.say(`${line}\r\n${this.answer(line)}`));
      } else this.line += letter;
    }
  }

  setLine(event: LineEvent): void {
    this.events.push(event);
  }

  upload(path: string, { protocol }: { protocol: string }): Promise<unknown> {
    this.transfers.push(`up ${path} ${protocol}`);
    return this.transferEnd;
  }

  download(path: string, { protocol, force }: { protocol: string; force?: boolean }): Promise<unknown> {
    this.transfers.push(`down ${path} ${protocol} ${force}`);
    return this.transferEnd;
  }

  cancelTransfer(): void {
    this.cancelled++;
  }
}

/** The answer of a real shell, with its prompt. */
export const realShell = (line: string): string => {
  const { stdout } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  return `${stdout.replaceAll("\n", "\r\n")}/ # `;
};
