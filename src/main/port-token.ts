/** The word that keeps strangers off a port that other machines can reach. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isRemote, type SerialSpec } from "../serial/index.ts";
import { tokenUnreadable } from "./errors.ts";
import type { ProgramIo } from "./program-io.ts";

const SHORTEST = 16;
const MADE_BYTES = 18;

function tokenIn(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw tokenUnreadable(path, error);
  }
  if (text.length < SHORTEST || /\s/.test(text)) throw tokenUnreadable(path, `${text.length} characters`);
  return text;
}

/** That of the file, or, when a port needs one and no file was named, a new one, which is shown. */
export function portToken(
  io: ProgramIo,
  { tokenFile }: { tokenFile?: string },
  specs: readonly SerialSpec[],
): string | undefined {
  if (tokenFile !== undefined) return tokenIn(tokenFile);
  if (!specs.some((spec) => spec.kind === "listen" && isRemote(spec))) return undefined;
  const token = randomBytes(MADE_BYTES).toString("base64url");
  io.err(`Clients from other machines must say the token ${token}\n`);
  return token;
}
