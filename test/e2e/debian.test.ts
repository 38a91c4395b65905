/**
 * A whole Debian on the Raspberry Pi's SD card: its login prompt, its files, its log, and the same seen from outside.
 *
 * The root file system takes minutes to make, so the tests are skipped where it is not in the cache:
 * `npx komainu guest fetch raspberrypi --rootfs debian` makes it. The first `exec` boots it, the others go on from there.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { afterAll, describe, expect, it } from "vitest";
import { cachedRootfs, findGuest, type Rootfs } from "../../src/guest/index.ts";
import { expectSameProcesses, LIST_PROC, seenFromInside, seenFromOutside, UART } from "./process-lists.ts";
import { type Ended, komainu, outcomesOf, PI_BOARD, Scratch } from "./program.ts";
import { debianWarnings, faultReports, knownWarnings } from "./raspberrypi-warnings.table.ts";

const guest = findGuest(PI_BOARD);
const rootfs: Rootfs | undefined =
  guest === undefined ? undefined : cachedRootfs({ board: PI_BOARD, rootfs: "debian", guest });
const ARCHIVES = "/var/cache/apt/archives";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const exec = (...args: readonly string[]): Promise<Ended> =>
  komainu(["exec", PI_BOARD, "--rootfs", "debian", "--boot-cache", scratch.path("boots"), ...args]);

/** What e2fsprogs answers about the image on the host. */
function debugfs(request: string): Buffer {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  return spawnSync("debugfs", ["-R", request, rootfs?.image ?? ""], { env, maxBuffer: 1 << 30 }).stdout;
}

/** Name of the largest package file, by the directory entries `/inode/mode/uid/gid/name/size/`. */
function largestPackage(): string {
  const entries = debugfs(`ls -p ${ARCHIVES}`).toString().split("\n");
  const files = entries.map((line) => line.split("/")).filter((parts) => parts[5]?.endsWith(".deb") === true);
  return files.sort((a, b) => Number(b[6]) - Number(a[6]))[0][5];
}

describe.skipIf(rootfs === undefined)("Debian on the Raspberry Pi's SD card", { timeout: 600_000 }, () => {
  it("comes to its login prompt, lets root in, and has its largest package file as the host has it", async () => {
    const name = largestPackage();
    const { code, stdout } = await exec(
      "--json",
      "vserial dump guest0/uart0",
      `${UART} sha256sum ${ARCHIVES}/${name}`,
      `${UART} cat /etc/os-release`,
      `${UART} systemctl is-system-running --wait`,
    );
    const [console, hash, release, state] = outcomesOf(stdout).map(({ text }) => text);
    expect(console).toMatch(/^komainu login: root\s/m);
    const onHost = createHash("sha256")
      .update(debugfs(`cat ${ARCHIVES}/${name}`))
      .digest("hex");
    expect(hash.split(" ")[0]).toBe(onHost);
    expect(release).toMatch(/^ID=debian$/m);
    expect(state).toBe("running\n");
    expect(code).toBe(0);
  });

  it("has from outside the processes that it has inside, those of systemd among them", async () => {
    const { code, stdout } = await exec("--json", "ids plist", LIST_PROC, "ids plist", "ids syscall");
    const [before, inside, after] = outcomesOf(stdout);
    expectSameProcesses([seenFromOutside(before.data), seenFromOutside(after.data)], seenFromInside(inside.text));
    const names = seenFromOutside(before.data).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["systemd", "systemd-journal", "systemd-udevd", "login", "bash"]));
    expect(code).toBe(0);
  });

  it("has no warning of the kernel but those of a real board and of what is not modelled, and no report of a fault", async () => {
    const { stdout } = await exec(`${UART} dmesg -r`);
    const records = [...stdout.matchAll(/^<(\d+)>\[ *\d+\.\d+\] (.*?)\r?$/gm)];
    const messages = records.map(([, priority, message]) => ({ priority: Number(priority), message }));
    expect(messages.length).toBeGreaterThan(100);
    // systemd writes to the kernel's log, too, with a facility of its own.
    const warnings = messages.filter(({ priority }) => priority <= 4).map(({ message }) => message);
    expect(
      warnings.filter((message) => ![...knownWarnings, ...debianWarnings].some(({ pattern }) => pattern.test(message))),
    ).toEqual([]);
    expect(messages.filter(({ message }) => faultReports.test(message))).toEqual([]);
  });

  it("starts each time with the card as it was made", async () => {
    const write = await exec(`${UART} echo mine > /root/file; sync; cat /root/file`);
    expect([write.stdout, write.code]).toEqual(["mine\n", 0]);
    const read = await exec(`${UART} ls /root`);
    expect(read.stdout).toBe("");
    const hash = createHash("sha256");
    await pipeline(createReadStream(rootfs?.image ?? "", { highWaterMark: 1 << 20 }), hash);
    expect(hash.digest("hex")).toBe(rootfs?.imageSha256);
  });
});
