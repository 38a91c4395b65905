/**
 * Profiles that were checked when the program was built: those that come with it. Making the schema and checking a profile
 * against it takes a tenth of a short command's time, and the text of these does not change.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Profile } from "./profile-schema.ts";

/** Name of the build's file beside the program: profiles by the SHA-256 of their text. */
export const CHECKED_PROFILES_FILE = "profiles.json";

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The content of that file. */
export const encodeCheckedProfiles = (boards: readonly { text: string; profile: Profile }[]): string =>
  JSON.stringify(Object.fromEntries(boards.map(({ text, profile }) => [digestOf(text), profile])));

/**
 * The profile that exactly this text was found to be; `undefined` when the build knew no such text, or there was no build.
 * @param folder of the program
 */
export function checkedProfile(
  text: string,
  folder = fileURLToPath(new URL(".", import.meta.url)),
): Profile | undefined {
  let file: string;
  try {
    file = readFileSync(`${folder}/${CHECKED_PROFILES_FILE}`, "utf8");
  } catch {
    return undefined;
  }
  return (JSON.parse(file) as Record<string, Profile | undefined>)[digestOf(text)];
}
