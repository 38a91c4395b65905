/** The guest's root file system: one static busybox, an init script and a few files under /etc, as an initramfs. */
import { gzipSync } from "node:zlib";
import { type CpioEntry, writeCpio } from "./cpio.ts";

/** What `vserial exec` and the scenarios wait for; the board profile names the same line. */
export const READY_LINE = "komainu: guest ready";

const FOLDERS = ["bin", "dev", "etc", "mnt", "proc", "root", "run", "sbin", "sys", "usr", "usr/bin", "usr/sbin", "var"];

/** Files under /etc. The inittab prints the ready line when init has taken over and the shell is next. */
const ETC: Readonly<Record<string, string>> = {
  group: "root:x:0:\nnobody:x:65534:\n",
  hostname: "komainu\n",
  hosts: "127.0.0.1 localhost komainu\n",
  inittab: [
    `::sysinit:/bin/echo "${READY_LINE}"`,
    "ttyAMA0::respawn:-/bin/sh",
    "::ctrlaltdel:/sbin/reboot",
    "::shutdown:/bin/umount -a -r",
    "",
  ].join("\n"),
  passwd: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  profile: "export PATH=/sbin:/bin:/usr/sbin:/usr/bin\nexport HOME=/root\nexport PS1='\\w # '\ncd /\n",
};

export interface RootFileSystemParts {
  /** A static `busybox` of the guest's architecture. */
  busybox: Uint8Array;
  /** The script that becomes `/init`. */
  init: Uint8Array;
  /** What else is in it, such as kernel modules, with the folders it needs. */
  extra?: readonly CpioEntry[];
}

/** Every entry of the initramfs. */
export function rootFileSystem({ busybox, init, extra = [] }: RootFileSystemParts): CpioEntry[] {
  const folders = FOLDERS.map(
    (path): CpioEntry => ({ kind: "directory", path, mode: path === "root" ? 0o700 : 0o755 }),
  );
  const etc = Object.entries(ETC).map(
    ([name, text]): CpioEntry => ({
      kind: "file",
      path: `etc/${name}`,
      mode: 0o644,
      data: new TextEncoder().encode(text),
    }),
  );
  return [
    ...folders,
    ...etc,
    { kind: "directory", path: "tmp", mode: 0o1777 },
    // The kernel opens these before devtmpfs is there.
    { kind: "characterDevice", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { kind: "characterDevice", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
    { kind: "file", path: "bin/busybox", mode: 0o755, data: busybox },
    { kind: "symlink", path: "bin/sh", mode: 0o777, target: "busybox" },
    { kind: "file", path: "init", mode: 0o755, data: init },
    ...extra,
  ];
}

/** The compressed initramfs; equal parts give equal bytes (zlib writes modification time 0 in the gzip header). */
export function initramfs(parts: RootFileSystemParts, mtimeS: number): Uint8Array {
  const compressed = gzipSync(writeCpio(rootFileSystem(parts), mtimeS), { level: 9 });
  compressed[9] = 255; // RFC 1952 "OS unknown": zlib fills in the host's
  return new Uint8Array(compressed);
}
