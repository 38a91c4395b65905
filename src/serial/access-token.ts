/** The word that a client from another machine must say before it gets a port. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Longer than any token. */
const MAX_TOKEN_BYTES = 256;
const CR = 13;
const LF = 10;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Takes as long for a wrong word as for the right one. */
export function tokenCheck(token: string | undefined): (text: string) => boolean {
  const expected = token === undefined ? undefined : digest(token);
  return (text) => expected !== undefined && timingSafeEqual(expected, digest(text));
}

/** Reads the line with the token from what a client types. */
export class TokenReader {
  private typed: number[] = [];

  /** The word when its line is over, and what came after it; `undefined` until then. */
  feed(data: Uint8Array): { word: string; rest: Uint8Array } | undefined {
    for (let i = 0; i < data.length; i++) {
      const byte = data[i];
      if (byte === CR || byte === LF || this.typed.length >= MAX_TOKEN_BYTES) {
        const rest = data.subarray(byte === CR && data[i + 1] === LF ? i + 2 : i + 1);
        return { word: Buffer.from(this.typed).toString("utf8").trim(), rest };
      }
      this.typed.push(byte);
    }
    return undefined;
  }
}
