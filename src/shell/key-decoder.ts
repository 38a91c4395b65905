/**
 * Bytes of a terminal to keys: escape sequences in either form, however they are split, and UTF-8 characters.
 *
 * Bracketed paste marks are dropped; TABs and escapes inside a paste are text or nothing, never editing keys.
 */

export type KeyName =
  | "enter"
  | "tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word-left"
  | "word-right"
  | "kill-to-end"
  | "kill-to-start"
  | "kill-word"
  | "interrupt"
  | "end-of-input"
  | "clear-screen";

export type Key = { readonly kind: "text"; readonly text: string } | { readonly kind: "key"; readonly name: KeyName };

const controls: Readonly<Record<number, KeyName>> = {
  1: "home",
  2: "left",
  3: "interrupt",
  4: "end-of-input",
  5: "end",
  6: "right",
  8: "backspace",
  9: "tab",
  10: "enter",
  11: "kill-to-end",
  12: "clear-screen",
  13: "enter",
  14: "down",
  16: "up",
  21: "kill-to-start",
  23: "kill-word",
  127: "backspace",
};

/** What follows `ESC [` (parameters and final byte) or `ESC O`. */
const sequences: Readonly<Record<string, KeyName>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "[H": "home",
  "[F": "end",
  "[1~": "home",
  "[3~": "delete",
  "[4~": "end",
  "[7~": "home",
  "[8~": "end",
  "[1;5C": "word-right",
  "[1;5D": "word-left",
  OA: "up",
  OB: "down",
  OC: "right",
  OD: "left",
  OH: "home",
  OF: "end",
};

const ESC = 0x1b;
const MAX_SEQUENCE_LENGTH = 16;

const isFinalByte = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;

export class KeyDecoder {
  /** Bytes of the escape sequence so far, without ESC; `undefined` outside one. */
  private sequence: string | undefined;
  private utf8: number[] = [];
  private utf8Length = 0;
  private isPasting = false;
  private lastByte = -1;

  /** The key that `byte` completes, if it does. */
  feed(byte: number): Key | undefined {
    const previous = this.lastByte;
    this.lastByte = byte;
    if (this.sequence !== undefined) return this.feedSequence(byte);
    if (this.utf8Length > 0 && byte >= 0x80 && byte < 0xc0) return this.feedUtf8(byte);
    this.utf8Length = 0;
    if (byte === ESC) {
      this.sequence = "";
      return undefined;
    }
    // CR LF from a terminal in the wrong mode is one Enter.
    if (byte === 0x0a && previous === 0x0d) return undefined;
    if (byte >= 0x20 && byte < 0x7f) return { kind: "text", text: String.fromCharCode(byte) };
    if (byte >= 0xc2 && byte < 0xf5) return this.startUtf8(byte);
    return this.control(byte);
  }

  private control(byte: number): Key | undefined {
    const name = controls[byte];
    if (name === undefined) return undefined;
    if (this.isPasting && name === "tab") return { kind: "text", text: " " };
    if (this.isPasting && name !== "enter") return undefined;
    return { kind: "key", name };
  }

  private feedSequence(byte: number): Key | undefined {
    const sequence = this.sequence + String.fromCharCode(byte);
    const isIntroducer = sequence === "[" || sequence === "O";
    const isOpen = isIntroducer || (sequence.startsWith("[") && !isFinalByte(byte));
    if (byte === ESC) {
      this.sequence = "";
      return undefined;
    }
    if (isOpen && sequence.length < MAX_SEQUENCE_LENGTH) {
      this.sequence = sequence;
      return undefined;
    }
    this.sequence = undefined;
    if (sequence === "[200~") this.isPasting = true;
    else if (sequence === "[201~") this.isPasting = false;
    const name = sequences[sequence];
    return name === undefined || this.isPasting ? undefined : { kind: "key", name };
  }

  private startUtf8(byte: number): undefined {
    this.utf8 = [byte];
    this.utf8Length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return undefined;
  }

  private feedUtf8(byte: number): Key | undefined {
    this.utf8.push(byte);
    if (this.utf8.length < this.utf8Length) return undefined;
    this.utf8Length = 0;
    const text = new TextDecoder().decode(Uint8Array.from(this.utf8));
    const [character] = text;
    // Broken sequences decode to one or more replacement characters; below 0xa0 lie control characters of 8 bits.
    const isPrintable = text === character && character !== "\ufffd" && text.codePointAt(0)! >= 0xa0;
    return isPrintable ? { kind: "text", text } : undefined;
  }
}
