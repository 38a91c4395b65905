/** Scenarios on the Debian of the Raspberry Pi's SD card; skipped where it is not in the cache, as `debian.test.ts` is. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { cachedRootfs, findGuest } from "../../src/guest/index.ts";
import { komainu, PI_BOARD, Scratch } from "./program.ts";

const guest = findGuest(PI_BOARD);
const rootfs = guest === undefined ? undefined : cachedRootfs({ board: PI_BOARD, rootfs: "debian", guest });

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const FILE = `
board: ${PI_BOARD}
rootfs: debian
timeout: 60s
scenarios:
  - name: it is Debian with systemd
    steps:
      - shell: cat /etc/os-release
        output: /^ID=debian$/
      - ids: plist
        output: /\\bsystemd\\b/
  - name: what one scenario writes
    steps:
      - shell: test ! -e /root/mine && echo mine > /root/mine && sync && cat /root/mine
        output: /^mine$/
      - snapshot: save
      - shell: rm /root/mine
      - snapshot: load
      - shell: cat /root/mine
        output: /^mine$/
  - name: no other sees
    steps:
      - shell: ls /root
        not: mine
  - name: and a failure replays
    steps:
      - shell: echo kept > /root/kept
      - shell: cat /root/kept
        output: /^lost$/
`;

describe.skipIf(rootfs === undefined)("scenarios with rootfs: debian", { timeout: 900_000 }, () => {
  it("start from one prompt with the card as it was made, each on its own, and a failure's journal replays", async () => {
    const file = scratch.path("debian.test.yaml");
    writeFileSync(file, FILE);
    const cache = scratch.path("boots");
    const journals = scratch.path("journals");
    const { code, stdout } = await komainu([
      "test",
      file,
      "--boot-cache",
      cache,
      "--journals",
      journals,
      "--json",
      "--timeout",
      "600",
      "--jobs",
      "1",
    ]);
    const results = stdout
      .trimEnd()
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { event: string; name: string; verdict: string; failure?: { journal: string } },
      )
      .filter(({ event }) => event === "scenario");
    expect(results.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["it is Debian with systemd", "passed"],
      ["what one scenario writes", "passed"],
      ["no other sees", "passed"],
      ["and a failure replays", "failed"],
    ]);
    expect(code).toBe(1);
    const journal = results[3].failure?.journal ?? "";
    expect(JSON.parse(readFileSync(journal, "utf8").split("\n")[0])).toMatchObject({
      rootfs: "debian",
      images: { rootfs: rootfs?.imageSha256 },
    });
    const replay = await komainu(["replay", journal, "--boot-cache", cache, "--quiet", "--timeout", "600"]);
    expect(replay.stderr).toContain("The same run, to instruction");
    expect(replay.code).toBe(0);
  });
});
