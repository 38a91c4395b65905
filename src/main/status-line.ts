/** One line on a terminal's standard error that says what goes on, and leaves no trace when it is over. */
import type { ProgramIo } from "./program-io.ts";

const INTERVAL_MS = 250;
/** Back to the first column, and clear to the end of the line (ECMA-48, EL). */
const ERASE = "\r\x1b[K";
const MAX_COLUMNS = 79;

export class StatusLine {
  /** What else is printed goes through here, so that it does not end up on the status line. */
  readonly io: ProgramIo;
  private readonly outer: ProgramIo;
  private isShown = false;

  constructor(outer: ProgramIo) {
    this.outer = outer;
    this.io = {
      ...outer,
      out: (text) => {
        this.erase();
        outer.out(text);
      },
      err: (text) => {
        this.erase();
        outer.err(text);
      },
    };
  }

  /** Does `work`; while it goes on `text()` is shown a few times a second. On anything but a terminal nothing is. */
  async during<T>(text: () => string, work: () => Promise<T>): Promise<T> {
    const { isErrTerminal, env } = this.outer;
    if (!isErrTerminal || env.TERM === "dumb") return await work();
    const timer = setInterval(() => this.show(text()), INTERVAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      this.erase();
    }
  }

  private show(text: string): void {
    this.isShown = true;
    this.outer.err(`${ERASE}${text.slice(0, MAX_COLUMNS)}`);
  }

  private erase(): void {
    if (this.isShown) this.outer.err(ERASE);
    this.isShown = false;
  }
}
