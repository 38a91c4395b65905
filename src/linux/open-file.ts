/** `struct file` and the table of a process's descriptors. */
import { Dentry, Inode } from "./dentry.ts";
import type { ObjectContext } from "./kernel-object.ts";
import { KernelObject } from "./kernel-object.ts";
import type { FilePath } from "./mount.ts";
import { Mount, pathText } from "./mount.ts";
import { Sock } from "./socket.ts";

/** fs.nr_open is not larger in any guest that fits into 4 GiB. */
const MAX_DESCRIPTORS = 1 << 20;
const MAX_LISTED = 65_536;
const DESCRIPTORS_A_READ = 1024;

/** `mnt, dentry` at an address, as a path. */
export function readPath(context: ObjectContext, address: number): FilePath | undefined {
  const vfsmount = context.space.readU32(address);
  const dentry = context.space.readU32(address + 4);
  const { modulesStart } = context.map;
  if (vfsmount === undefined || dentry === undefined || vfsmount < modulesStart || dentry < modulesStart)
    return undefined;
  const mount = Mount.ofVfsmount(context, vfsmount);
  return mount === undefined ? undefined : { mount, dentry: new Dentry(context, dentry) };
}

export class OpenFile extends KernelObject {
  get path(): FilePath | undefined {
    const at = this.addressOf("file.f_path");
    return at === undefined ? undefined : readPath(this.context, at);
  }

  get inode(): Inode | undefined {
    const address = this.pointer("file.f_inode");
    return address === undefined ? undefined : new Inode(this.context, address);
  }

  get flags(): number | undefined {
    return this.word("file.f_flags");
  }

  /** `r`, `w`, `u` for both, as lsof has it. */
  get access(): string | undefined {
    const flags = this.flags;
    return flags === undefined ? undefined : (["r", "w", "u", "-"][flags & 3] ?? "-");
  }

  /** The socket that the file is. */
  get sock(): Sock | undefined {
    if (this.inode?.superBlock?.typeName !== "sockfs") return undefined;
    const socket = this.pointer("file.private_data");
    return socket === undefined ? undefined : Sock.ofSocket(this.context, socket);
  }

  /** As the link in /proc/PID/fd reads: a path, or `socket:[17]`, `pipe:[18]`, `anon_inode:[eventpoll]`. */
  name(root?: FilePath): string | undefined {
    const { path, inode } = this;
    const type = path?.dentry.superBlock?.typeName;
    if (path === undefined || type === undefined) return undefined;
    if (type === "sockfs") return `socket:[${inode?.number ?? "?"}]`;
    if (type === "pipefs") return `pipe:[${inode?.number ?? "?"}]`;
    if (type === "anon_inodefs") return `anon_inode:${path.dentry.name ?? "?"}`;
    const text = pathText(path, root);
    const isRoot = path.dentry.parent?.address === path.dentry.address;
    return text !== undefined && !isRoot && path.dentry.isUnhashed === true ? `${text} (deleted)` : text;
  }
}

/** `struct files_struct`. */
export class OpenFiles extends KernelObject {
  /** The open file behind a descriptor. */
  fd(descriptor: number): OpenFile | undefined {
    const table = this.table;
    if (table === undefined || descriptor < 0 || descriptor >= table.count) return undefined;
    const address = this.context.space.readU32(table.start + descriptor * 4);
    return address === undefined || address < this.context.map.modulesStart
      ? undefined
      : new OpenFile(this.context, address);
  }

  /** Every open descriptor, ascending. */
  *entries(): Generator<{ descriptor: number; file: OpenFile }> {
    const table = this.table;
    if (table === undefined) return;
    const count = Math.min(table.count, MAX_LISTED);
    for (let first = 0; first < count; first += DESCRIPTORS_A_READ) {
      const bytes = new Uint8Array(Math.min(count - first, DESCRIPTORS_A_READ) * 4);
      const filled = this.context.space.readPrefix(table.start + first * 4, bytes);
      for (const [index, address] of new Uint32Array(bytes.buffer, 0, filled >>> 2).entries()) {
        if (address < this.context.map.modulesStart) continue;
        yield { descriptor: first + index, file: new OpenFile(this.context, address) };
      }
      if (filled < bytes.length) return;
    }
  }

  private get table(): { count: number; start: number } | undefined {
    const { space, map, offsetOf } = this.context;
    const table = this.pointer("files_struct.fdt");
    const maxFds = offsetOf.call(this.context, "fdtable.max_fds");
    const fd = offsetOf.call(this.context, "fdtable.fd");
    if (table === undefined || maxFds === undefined || fd === undefined) return undefined;
    const count = space.readU32(table + maxFds);
    const start = space.readU32(table + fd);
    if (count === undefined || start === undefined || start < map.modulesStart || count > MAX_DESCRIPTORS)
      return undefined;
    return { count, start };
  }
}
