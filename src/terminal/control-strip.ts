/** Takes out of a terminal's text what moves the cursor and colours, for a log that people and grep read. */

const [BEL, BS, TAB, LF, ESC] = [0x07, 0x08, 0x09, 0x0a, 0x1b];
/** A sequence longer than this is none. */
const MAX_SEQUENCE = 64;

export class ControlStrip {
  /** What began with ESC: "" outside of a sequence. */
  private kind: "" | "escape" | "csi" | "string" = "";
  private length = 0;

  strip(data: Uint8Array): Uint8Array {
    return Uint8Array.from([...data].filter((byte) => this.keeps(byte)));
  }

  private keeps(byte: number): boolean {
    if (byte === ESC) {
      this.kind = this.kind === "string" ? "" : "escape";
      this.length = 0;
      // The end of a string is ESC \.
      if (this.kind === "") this.kind = "escape";
      return false;
    }
    if (this.kind === "") return byte === LF || byte === TAB || (byte >= 0x20 && byte !== 0x7f);
    this.length++;
    if (this.length > MAX_SEQUENCE || byte === LF) {
      this.kind = "";
      return byte === LF;
    }
    if (this.kind === "escape") this.begin(byte);
    else if (this.kind === "csi" && byte >= 0x40 && byte <= 0x7e) this.kind = "";
    else if (this.kind === "string" && (byte === BEL || byte === BS)) this.kind = "";
    return false;
  }

  private begin(byte: number): void {
    const isString = byte === 0x5d || byte === 0x50 || byte === 0x5f || byte === 0x5e;
    // ESC ( B and its like have one more byte.
    const isLonger = byte >= 0x20 && byte <= 0x2f;
    if (byte === 0x5b) this.kind = "csi";
    else if (isString) this.kind = "string";
    else if (!isLonger) this.kind = "";
  }
}
