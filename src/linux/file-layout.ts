/** Offsets along the way from a task's `files` to open files, their entries and inodes. */
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, lengthBound, loadsFrom, offsetsWhere } from "./layout.ts";
import { mountsOfNamespace } from "./mount-set.ts";
import { sampleTasks } from "./process-layout.ts";

export const FILE_FIELDS = [
  "files_struct.fdt",
  "fdtable.max_fds",
  "fdtable.fd",
  "file.f_path",
  "file.f_inode",
  "file.f_flags",
  "file.f_mode",
  "file.private_data",
  "fs_struct.root",
  "fs_struct.pwd",
  "inode.i_mode",
  "inode.i_uid",
  "inode.i_gid",
  "inode.i_sb",
  "inode.i_ino",
] as const;
export type FileField = (typeof FILE_FIELDS)[number];

const FILES_BYTES = 0x80;
const FILES_STRUCT_BYTES = 0x400;
const FILE_BYTES = 0x100;
const INODE_BYTES = 0x80;
const FS_BYTES = 0x40;
const MAX_FILES = 48;
const FD_WORD_BITS = 32;
const MAX_FDS = 1 << 20;
/** They take from the mode that the file can be positioned. */
const MODE_USERS = ["nonseekable_open", "stream_open"];
const S_IFMT = 0xf000;
const S_IFDIR = 0x4000;
/** Root directories of these have the inode number 1 (PROC_ROOT_INO, the root of kernfs, of devpts). */
const FIRST_INODE_TYPES = new Set(["proc", "sysfs", "devpts"]);

const VFS_NEEDS = [
  "task_struct.files",
  "task_struct.fs",
  "task_struct.mm",
  "vfsmount.mnt_root",
  "vfsmount.mnt_sb",
  "dentry.d_sb",
  "dentry.d_inode",
  "super_block.s_type",
  "nsproxy.mnt_ns",
  "task_struct.nsproxy",
  "mount.mnt",
] as const;
type Needs = Record<(typeof VFS_NEEDS)[number], number>;

/** The first table of descriptors lies in `files_struct` itself, behind the pointer to the table in use. */
function findTable(context: LayoutContext, files: readonly number[]): Fact<number> {
  const isTable = (table: number, owner: number): boolean => {
    const [maxFds, fd] = context.words(table, 8);
    if (maxFds === 0 || maxFds > MAX_FDS || maxFds % FD_WORD_BITS !== 0) return false;
    return fd > owner && fd < owner + FILES_STRUCT_BYTES;
  };
  const data = offsetsWhere(FILES_BYTES, (offset) => {
    let own = 0;
    for (const address of files) {
      const table = context.word(address + offset);
      if (!context.isPointer(table)) return false;
      if (table === address + offset + 4) {
        if (!isTable(table, address)) return false;
        own++;
      }
    }
    return own > 0;
  });
  return judged({
    data,
    dataEvidence: `in ${files.length} files_struct(s) the table behind it has 32 slots in itself`,
  });
}

/** Open files of all processes, as the tables list them. */
function openFiles(context: LayoutContext, files: readonly number[], fdt: number): number[] {
  const open = new Set<number>();
  for (const address of files) {
    const [maxFds, fd] = context.words(context.word(address + fdt) ?? 0, 8);
    if (maxFds === undefined || !context.isPointer(fd)) continue;
    for (const file of context.words(fd, Math.min(maxFds, FD_WORD_BITS) * 4)) {
      if (context.isPointer(file) && open.size < MAX_FILES) open.add(file);
    }
  }
  return [...open];
}

/** Offsets at which a mount and an entry stand that name the same super block. */
const pathsIn = (context: LayoutContext, structures: readonly number[], sizeBytes: number, at: Needs): number[] =>
  offsetsWhere(sizeBytes - 4, (offset) =>
    structures.every((address) => {
      const mount = context.word(address + offset);
      const dentry = context.word(address + offset + 4);
      if (!context.isPointer(mount) || !context.isPointer(dentry)) return false;
      const block = context.word(mount + at["vfsmount.mnt_sb"]);
      return context.isPointer(block) && context.word(dentry + at["dentry.d_sb"]) === block;
    }),
  );

/** What functions that open a file use of their second argument, the file, directly; `undefined` when none is there. */
function usedOfFile(context: LayoutContext, ...names: readonly string[]): number[] | undefined {
  const traces = names.flatMap((name) => context.trace(name) ?? []);
  return traces.length === 0 ? undefined : traces.flatMap((trace) => loadsFrom(trace, "r1") ?? []);
}

/** `f_flags` has what was asked for, `f_mode` what was granted: read is 0 and 1, write 1 and 2, both 2 and 3. */
function findModes(context: LayoutContext, files: readonly number[]): [Fact<number>, Fact<number>] {
  const words = files.map((file) => context.words(file, lengthBound(files, FILE_BYTES)));
  const ends = Math.min(...words.map(({ length }) => length));
  const [flagsCode, modeCode] = [usedOfFile(context, "generic_file_open"), usedOfFile(context, ...MODE_USERS)];
  const isByCode = (code: readonly number[] | undefined, at: number): boolean => code?.includes(at * 4) !== false;
  // Files that were all opened alike have many such pairs, of which code then tells the one.
  const minKinds = flagsCode === undefined || modeCode === undefined ? 2 : 1;
  const pairs: [number, number][] = [];
  for (let flagsAt = 0; flagsAt < ends; flagsAt++) {
    const kinds = new Set(words.map((file) => file[flagsAt] & 3));
    if (kinds.size < minKinds || !isByCode(flagsCode, flagsAt)) continue;
    for (let modeAt = 0; modeAt < ends; modeAt++) {
      const fit = words.every(({ [flagsAt]: flags, [modeAt]: mode }) => {
        const isGranted = (flags & 3) + 1 === (mode & 3);
        return isGranted && flags < 0x1000000 && mode > 0xff && mode < context.map.pageOffset;
      });
      if (fit && isByCode(modeCode, modeAt)) pairs.push([flagsAt * 4, modeAt * 4]);
    }
  }
  if (files.length === 0 || pairs.length !== 1) {
    const nothing = unknown(`${pairs.length} pairs of words could be f_flags and f_mode of ${files.length} open files`);
    return [nothing, nothing];
  }
  const evidence = `in ${files.length} open files the mode grants what the flags ask for`;
  const byCode = minKinds === 1 ? "; generic_file_open and nonseekable_open use them" : "";
  return [proved(pairs[0][0], evidence + byCode), proved(pairs[0][1], evidence + byCode)];
}

/** Root inodes with the names of their file systems. */
function rootInodes(context: LayoutContext, at: Needs): { inode: number; block: number; type: string }[] {
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return [];
  const nsproxy = sampled.tasks[0].words[at["task_struct.nsproxy"] >> 2];
  const namespace = context.word(nsproxy + at["nsproxy.mnt_ns"]) ?? 0;
  const { mounts } = mountsOfNamespace(context, (field) => context.offsetOf(field), namespace);
  return mounts.slice(0, MAX_FILES).map((address) => {
    const mount = address + at["mount.mnt"];
    const block = context.word(mount + at["vfsmount.mnt_sb"]) ?? 0;
    const inode = context.word((context.word(mount) ?? 0) + at["dentry.d_inode"]) ?? 0;
    const type = context.word(block + at["super_block.s_type"]) ?? 0;
    return { inode, block, type: context.space.readCString(context.word(type) ?? 0, 32) ?? "" };
  });
}

function learnInode(context: LayoutContext, at: Needs, learned: LearnedFacts<FileField>): void {
  const roots = rootInodes(context, at);
  const blocks = offsetsWhere(INODE_BYTES, (offset) =>
    roots.every(({ inode, block }) => context.word(inode + offset) === block),
  );
  const evidence = `the super block of ${roots.length} root inodes`;
  const sb = roots.length === 0 ? unknown("no mounts") : judged({ data: blocks, dataEvidence: evidence });
  learned.set("inode.i_sb", sb);
  const isDirectory = ({ inode }: { inode: number }, offset: number): boolean =>
    ((context.word(inode + offset) ?? 0) & S_IFMT) === S_IFDIR;
  const modes = sb.known ? offsetsWhere(sb.value, (offset) => roots.every((root) => isDirectory(root, offset))) : [];
  learned.set("inode.i_mode", judged({ data: modes, dataEvidence: "a directory's mode in every root inode" }));
  const firsts = roots.filter(({ type }) => FIRST_INODE_TYPES.has(type));
  const numbers = sb.known
    ? offsetsWhere(sb.value + 0x18, (offset) => {
        return offset > sb.value && firsts.every(({ inode }) => context.word(inode + offset) === 1);
      })
    : [];
  const isEnough = new Set(firsts.map(({ type }) => type)).size >= 2;
  const ino = isEnough
    ? judged({ data: numbers, dataEvidence: `1 in the root inodes of ${firsts.map(({ type }) => type).join(", ")}` })
    : unknown("neither proc nor sysfs is mounted");
  learned.set("inode.i_ino", ino);
  const uid = findOwner(context, ino);
  learned.set("inode.i_uid", uid);
  learned.set("inode.i_gid", uid.known ? { ...uid, confidence: "likely", value: uid.value + 4 } : uid);
}

/** sock_i_uid and sock_i_ino load two members of one inode; the number's place is known. */
function findOwner(context: LayoutContext, ino: Fact<number>): Fact<number> {
  const last = (name: string): number[] => {
    const accesses = context.trace(name)?.accesses ?? [];
    const ofSocket = accesses.filter(({ kind, address }) => kind === "load" && address.root === "r0");
    return ofSocket.filter(({ address }) => address.steps.length === 1).map(({ address }) => address.add);
  };
  const [uids, inos] = [last("sock_i_uid"), last("sock_i_ino")];
  if (!ino.known) return ino;
  if (uids.length !== 1 || inos.length !== 1) return unknown("sock_i_uid and sock_i_ino do not tell where i_uid is");
  const offset = ino.value - (inos[0] - uids[0]);
  if (offset <= 0 || offset >= ino.value)
    return unknown(`sock_i_uid loads from ${inos[0] - uids[0]} bytes before i_ino`);
  return proved(offset, "as far before i_ino as sock_i_uid loads before sock_i_ino");
}

/** `file_path(file, ...)` is `d_path(&file->f_path, ...)`. */
function handedToPath(context: LayoutContext): number[] | undefined {
  const target = context.symbols.find("d_path");
  const calls = context.trace("file_path")?.calls.filter((call) => call.target === target);
  return calls
    ?.map(({ args: [path] }) => path)
    .filter(({ root, steps }) => root === "r0" && steps.length === 0)
    .map(({ add }) => add);
}

function learnFile(context: LayoutContext, open: readonly number[], at: Needs, learned: LearnedFacts<FileField>): void {
  const sizeBytes = lengthBound(open, FILE_BYTES);
  const paths = open.length === 0 ? [] : pathsIn(context, open, sizeBytes, at);
  const path = judged({
    data: paths,
    dataEvidence: `in ${open.length} open files mount and entry name the same super block`,
    code: handedToPath(context),
    codeEvidence: "file_path hands it to d_path",
  });
  learned.set("file.f_path", path);
  const inodes = !path.known
    ? []
    : offsetsWhere(sizeBytes, (offset) =>
        open.every((file) => {
          const dentry = context.word(file + path.value + 4) ?? 0;
          const inode = context.word(dentry + at["dentry.d_inode"]);
          return context.isPointer(inode) && context.word(file + offset) === inode;
        }),
      );
  const inode = judged({ data: inodes, dataEvidence: "the inode of the file's entry" });
  learned.set("file.f_inode", path.known ? inode : unknown(`file.f_path is not known: ${path.reason}`));
  const [flags, mode] = findModes(context, open);
  learned.set("file.f_flags", flags);
  learned.set("file.f_mode", mode);
  // `file->f_op == &socket_file_ops` is asked first, then the data is taken.
  const loads = loadsFrom(context.trace("sock_from_file"), "r0") ?? [];
  const data = loads.at(-1);
  const isClear = loads.length === 2 && data !== undefined;
  learned.set(
    "file.private_data",
    isClear ? likely(data, "sock_from_file returns it") : unknown("sock_from_file does not tell"),
  );
}

function learn(context: LayoutContext): LearnedFacts<FileField> {
  const at = context.offsets(...VFS_NEEDS);
  if (typeof at === "string") return allUnknown(FILE_FIELDS, at);
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return allUnknown(FILE_FIELDS, sampled);
  const users = sampled.tasks.filter(({ words }) => words[at["task_struct.mm"] >> 2] !== 0);
  const pointersAt = (offset: number): number[] =>
    [...new Set(users.map(({ words }) => words[offset >> 2]))].filter((pointer) => context.isPointer(pointer));
  const learned = allUnknown(FILE_FIELDS, "no process with files runs yet");
  const files = pointersAt(at["task_struct.files"]);
  const table = files.length === 0 ? unknown("no process with files runs yet") : findTable(context, files);
  learned.set("files_struct.fdt", table);
  if (!table.known) return learned;
  learned.set("fdtable.max_fds", proved(0, table.evidence));
  learned.set("fdtable.fd", proved(4, table.evidence));
  learnFile(context, openFiles(context, files, table.value), at, learned);
  const paths = pathsIn(context, pointersAt(at["task_struct.fs"]), FS_BYTES, at);
  const fsEvidence = "two paths, root and then working directory, whose mount and entry name the same super block";
  const isClear = paths.length === 2 && paths[1] === paths[0] + 8;
  const which = (index: number): Fact<number> =>
    isClear ? proved(paths[index], fsEvidence) : unknown(`${paths.length} words of fs_struct could be root and pwd`);
  learned.set("fs_struct.root", which(0));
  learned.set("fs_struct.pwd", which(1));
  learnInode(context, at, learned);
  return learned;
}

export const fileLayout: LayoutGroup<FileField> = { fields: FILE_FIELDS, learn };
