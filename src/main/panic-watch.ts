/** Sees on a guest's console that its kernel panicked: kernel/panic.c prints the reason first and a closing line last. */

const REASON = /Kernel panic - not syncing: .*/;
/** The closing line, or the one before a reboot that the kernel command line asked for (`panic=`). */
const CLOSING = /---\[ end Kernel panic|Rebooting in \d+ seconds/;
const MAX_LINE_CHARACTERS = 1_024;

export class PanicWatch {
  /** The line that says why, as soon as it is complete. */
  reason: string | undefined;
  /** The kernel has said all of it. */
  isOver = false;
  private line = "";

  /** Takes one byte of the guest. */
  feed(byte: number): void {
    if (byte !== 0x0a) {
      if (this.line.length < MAX_LINE_CHARACTERS) this.line += String.fromCharCode(byte);
      return;
    }
    const { line } = this;
    this.line = "";
    this.reason ??= REASON.exec(line)?.[0].trimEnd();
    if (this.reason !== undefined && CLOSING.test(line)) this.isOver = true;
  }
}
