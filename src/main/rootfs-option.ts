/** `--rootfs NAME`: the guest goes on from its initrd to a root file system on the board's first disk. */
import type { Profile } from "../board/index.ts";
import { cachedRootfs, type Guest, type Rootfs } from "../guest/index.ts";
import { rootfsMissing, rootfsNotThere } from "./errors.ts";

type Boot = Profile["boot"];

/** How `boot` is with its root file system `name`. Throws `rootfs-unknown`. */
export function withRootfs(boot: Boot, name: string, boardName: string): Boot {
  const { rootfs } = boot;
  if (!Object.hasOwn(rootfs, name)) throw rootfsNotThere(boardName, name, Object.keys(rootfs));
  const { append, ...other } = rootfs[name];
  return { ...boot, ...other, commandLine: `${boot.commandLine} ${append}` };
}

/** The cached root file system for `guest`. Throws `rootfs-missing`. */
export function requireRootfs(name: string, guest: Guest, env: NodeJS.ProcessEnv): Rootfs {
  const rootfs = cachedRootfs({ board: guest.board, rootfs: name, guest, env });
  if (rootfs === undefined) throw rootfsMissing(guest.board, name);
  return rootfs;
}
