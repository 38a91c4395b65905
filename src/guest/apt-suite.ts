/**
 * Another suite of Debian's archive, such as bookworm-backports: the line for apt's list of sources, after the system's own
 * source of the same archive (sources.list(5), apt-get(8) `indextargets`).
 */
import { existsSync } from "node:fs";

/** What `apt-get indextargets --format` is asked for, one line an index file. */
export const TARGET_FORMAT = "$(REPO_URI) $(RELEASE) $(ORIGIN) $(COMPONENT)";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const SUITE = /^[a-z][a-z0-9-]*$/;

export const isSuiteName = (suite: string): boolean => SUITE.test(suite);

/** The line, or `undefined` when the system has no source of a Debian release. */
export function suiteSource(targets: string, suite: string, keyring = KEYRING): string | undefined {
  for (const line of targets.split("\n")) {
    const [uri, release, origin, component] = line.trim().split(" ");
    // Updates and security have archives or suites of their own, with a hyphen in their names.
    if (origin !== "Debian" || component !== "main" || release.includes("-")) continue;
    const option = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
    return `deb ${option}${uri} ${suite} main`;
  }
  return undefined;
}
