/**
 * Offsets along the way from a task's name spaces to mounts, their root entries and super blocks. A name space has its
 * mounts in a ring, or in a red-black tree since Linux 6.8.
 */
import type { Fact } from "./fact.ts";
import { absent, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, loadsFrom, offsetsWhere } from "./layout.ts";
import { walkList } from "./list-walk.ts";
import { sampleTasks } from "./process-layout.ts";
import { walkRbTree } from "./rb-tree.ts";

export const MOUNT_FIELDS = [
  "nsproxy.mnt_ns",
  "mnt_namespace.list",
  "mnt_namespace.mounts",
  "mount.mnt_parent",
  "mount.mnt_mountpoint",
  "mount.mnt",
  "mount.mnt_devname",
  "mount.mnt_list",
  "mount.mnt_node",
  "vfsmount.mnt_root",
  "vfsmount.mnt_sb",
  "vfsmount.mnt_flags",
  "dentry.d_parent",
  "dentry.d_name",
  "dentry.d_inode",
  "dentry.d_sb",
  "super_block.s_dev",
  "super_block.s_flags",
  "super_block.s_type",
] as const;
export type MountField = (typeof MOUNT_FIELDS)[number];

const NSPROXY_BYTES = 0x30;
const NAMESPACE_BYTES = 0x60;
const MOUNT_BYTES = 0x100;
const DENTRY_BYTES = 0xc0;
const SUPER_BLOCK_BYTES = 0x400;
const MAX_MOUNTS = 64;
const MAX_LINKS = 4096;
const MAX_NAME_BYTES = 256;
/** `mnt_parent` and `mnt_mountpoint` follow a hash chain's links (fs/mount.h); `mnt` follows them. */
const MOUNT_PARENT_STEP = 4;
const PRINTABLE = /^[\x21-\x7e]+$/;
const TYPE_NAME = /^[a-z][a-z0-9_.]{1,31}$/;

/** `uts_ns, ipc_ns, mnt_ns, pid_ns, net_ns` follow each other (include/linux/nsproxy.h). */
function findMountNamespace(context: LayoutContext): { fact: Fact<number>; address: number } | string {
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return sampled;
  const at = context.offsets("task_struct.nsproxy");
  if (typeof at === "string") return at;
  const [init] = sampled.tasks;
  const names = context.words(init.words[at["task_struct.nsproxy"] >> 2], NSPROXY_BYTES);
  const uts = names.indexOf(context.symbols.find("init_uts_ns") ?? 0);
  if (uts < 0 || names[uts + 4] !== context.symbols.find("init_net")) return "init has name spaces of its own";
  return {
    fact: proved((uts + 2) * 4, "it stands between init_uts_ns and init_net in init's nsproxy"),
    address: names[uts + 2],
  };
}

/** How a name space keeps its mounts: by which members, with the members of the other versions. */
interface Shape {
  readonly container: MountField;
  readonly link: MountField;
  readonly others: readonly MountField[];
  readonly otherReason: string;
  readonly what: string;
  /** The links of all mounts, or `undefined` when what is at an address is no such container. */
  read(context: LayoutContext, address: number): readonly number[] | undefined;
}

const SHAPES: readonly Shape[] = [
  {
    container: "mnt_namespace.list",
    link: "mount.mnt_list",
    others: ["mnt_namespace.mounts", "mount.mnt_node"],
    otherReason: "mounts are in a ring",
    what: "ring",
    read(context, address) {
      const { elements, damage } = walkList(context.space, address, context.map.pageOffset);
      return damage.length > 0 ? undefined : elements;
    },
  },
  {
    container: "mnt_namespace.mounts",
    link: "mount.mnt_node",
    others: ["mnt_namespace.list", "mount.mnt_list"],
    otherReason: "mounts are in a red-black tree",
    what: "tree",
    read(context, address) {
      const { nodes, damage } = walkRbTree(context.space, address, context.map.pageOffset);
      return damage.length > 0 ? undefined : nodes;
    },
  },
];

interface MountSet {
  readonly shape: Shape;
  /** Offset of the ring or tree in its `mnt_namespace`. */
  readonly at: number;
  readonly links: readonly number[];
  /** Offset of the link in `mount`. */
  readonly link: number;
  /** Offset of the pointer to the name of the device. */
  readonly name: number;
}

/** Offsets in all `mounts` of a pointer to a text, as only the name of the device is one. */
const namesIn = (context: LayoutContext, mounts: readonly number[]): number[] =>
  offsetsWhere(MOUNT_BYTES, (offset) =>
    mounts.every((mount) => {
      const name = context.word(mount + offset) ?? 0;
      return name > context.map.pageOffset && PRINTABLE.test(context.space.readCString(name, MAX_NAME_BYTES) ?? "");
    }),
  );

/** Rings and trees whose elements are mounts: each has its parent among them, and the name of a device. */
function findSets(context: LayoutContext, namespace: number): MountSet[] {
  return SHAPES.flatMap((shape) =>
    offsetsWhere(NAMESPACE_BYTES, () => true).flatMap((at) => {
      const all = shape.read(context, namespace + at) ?? [];
      if (all.length === 0 || all.length > MAX_LINKS) return [];
      const links = all.slice(0, MAX_MOUNTS);
      return findStart(context, links, all).flatMap((link) => {
        const names = namesIn(
          context,
          links.map((address) => address - link),
        );
        return names.length === 1 ? [{ shape, at, links, link, name: names[0] }] : [];
      });
    }),
  );
}

/** Offset of the link: from there back to the start, the parent of every mount is the start of one of all. */
function findStart(context: LayoutContext, links: readonly number[], all: readonly number[]): number[] {
  return offsetsWhere(MOUNT_BYTES, (link) => {
    const starts = new Set(all.map((address) => address - link));
    let roots = 0;
    for (const address of links) {
      const parent = context.word(address - link + MOUNT_PARENT_STEP * 2);
      if (parent === undefined || !starts.has(parent)) return false;
      if (parent === address - link) roots++;
    }
    return roots === 1;
  });
}

interface DentryOffsets {
  readonly parent: number;
  readonly name: number;
  readonly inode: number;
}

/**
 * A root entry is its own parent and is called "/", a text inside the entry itself: `d_parent`, `d_name` with hash, length
 * and pointer, `d_inode` and the short name follow each other (include/linux/dcache.h).
 */
function dentryOffsets(context: LayoutContext, address: number): DentryOffsets[] {
  const words = context.words(address, DENTRY_BYTES);
  const found: DentryOffsets[] = [];
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== address) continue;
    // d_name is aligned like its 64-bit part.
    const name = at + 1 + ((at + 1) & 1);
    const pointer = words[name + 2];
    // Behind d_name, which ends with padding, come d_inode and the text.
    const text = (pointer - address) / 4;
    if (words[name + 1] !== 1 || text < name + 4 || text > name + 5 || (words[text] & 0xffff) !== 0x2f) continue;
    found.push({ parent: at * 4, name: name * 4, inode: (text - 1) * 4 });
  }
  return found;
}

function learnDentry(context: LayoutContext, roots: readonly number[]): Fact<DentryOffsets> {
  const all = roots.map((root) => dentryOffsets(context, root)).filter((offsets) => offsets.length > 0);
  const texts = new Set(all.flatMap((offsets) => offsets.map((offset) => JSON.stringify(offset))));
  if (texts.size !== 1) return unknown(`${texts.size} places of the mounts' root entries look like their name`);
  return proved(all[0][0], `${all.length} root entries are their own parents and hold their name "/"`);
}

function learnSuperBlocks(context: LayoutContext, blocks: readonly number[], learned: LearnedFacts<MountField>): void {
  const types = offsetsWhere(SUPER_BLOCK_BYTES, (offset) =>
    blocks.every((block) => {
      const type = context.word(block + offset);
      const name = context.isPointer(type) ? context.word(type) : undefined;
      if (name === undefined || name < context.map.pageOffset) return false;
      return TYPE_NAME.test(context.space.readCString(name, MAX_NAME_BYTES) ?? "");
    }),
  );
  const dataEvidence = `in ${blocks.length} super blocks it leads to the name of a file system`;
  learned.set("super_block.s_type", judged({ data: types, dataEvidence }));
  const devices = offsetsWhere(0x20, (offset) => {
    const numbers = blocks.map((block) => context.word(block + offset) ?? 0);
    return new Set(numbers).size === blocks.length && numbers.every((number) => number > 0 && number < 0x10000000);
  });
  learned.set("super_block.s_dev", judged({ data: devices, dataEvidence: "a number of its own in each super block" }));
}

function learnVfsmount(context: LayoutContext, mounts: readonly number[], learned: LearnedFacts<MountField>): number[] {
  const roots = mounts.map((mount) => context.word(mount) ?? 0);
  const dentry = learnDentry(context, roots);
  const of = (member: keyof DentryOffsets): Fact<number> =>
    dentry.known ? proved(dentry.value[member], dentry.evidence) : dentry;
  learned.set("vfsmount.mnt_root", dentry.known ? proved(0, "it leads to entries called /") : dentry);
  learned.set("dentry.d_parent", of("parent"));
  learned.set("dentry.d_name", of("name"));
  learned.set("dentry.d_inode", of("inode"));
  const blocks = mounts.map((mount) => context.word(mount + 4) ?? 0);
  const sameBlock = offsetsWhere(DENTRY_BYTES, (offset) =>
    roots.every((root, index) => context.isPointer(blocks[index]) && context.word(root + offset) === blocks[index]),
  );
  const evidence = `${mounts.length} mounts and their root entries name the same super block`;
  learned.set("dentry.d_sb", judged({ data: sameBlock, dataEvidence: evidence }));
  const trace = context.trace("__mnt_is_readonly");
  const direct = loadsFrom(trace, "r0");
  const codeEvidence = "__mnt_is_readonly loads it";
  const hasBlock = sameBlock.length === 1;
  learned.set(
    "vfsmount.mnt_sb",
    judged({ data: hasBlock ? [4] : [], dataEvidence: evidence, code: direct, codeEvidence }),
  );
  learned.set(
    "vfsmount.mnt_flags",
    judged({ data: hasBlock ? [8] : [], dataEvidence: "it follows mnt_sb", code: direct, codeEvidence }),
  );
  const flags = trace?.accesses.filter(({ address: { root, steps } }) => root === "r0" && steps.join() === "4") ?? [];
  learned.set("super_block.s_flags", judged({ code: flags.map(({ address }) => address.add), codeEvidence }));
  return blocks;
}

function learn(context: LayoutContext): LearnedFacts<MountField> {
  const namespace = findMountNamespace(context);
  if (typeof namespace === "string") return allUnknown(MOUNT_FIELDS, namespace);
  const learned = allUnknown(MOUNT_FIELDS, "no ring or tree of mounts was found");
  learned.set("nsproxy.mnt_ns", namespace.fact);
  const sets = findSets(context, namespace.address);
  if (sets.length !== 1) return learned;
  const [{ shape, at: container, links, link, name }] = sets;
  const evidence = `the ${shape.what} of ${links.length} mounts, the parent of each one of them, each with the name of its device`;
  const at = (offset: number): Fact<number> => proved(offset, evidence);
  learned.set(shape.container, at(container));
  for (const other of shape.others) learned.set(other, absent(shape.otherReason));
  learned.set(shape.link, at(link));
  learned.set("mount.mnt_devname", at(name));
  learned.set("mount.mnt_parent", at(8));
  learned.set("mount.mnt_mountpoint", at(12));
  const mounts = links.map((address) => address - link + 16);
  const blocks = learnVfsmount(context, mounts, learned);
  const root = learned.get("vfsmount.mnt_root");
  learned.set("mount.mnt", root?.known === true ? proved(16, root.evidence) : (root ?? unknown("")));
  learnSuperBlocks(context, [...new Set(blocks)], learned);
  return learned;
}

export const mountLayout: LayoutGroup<MountField> = { fields: MOUNT_FIELDS, learn };
