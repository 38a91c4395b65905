/** Offsets of `socket`, `sock`, and of the hash tables that sockets are in: learned from code, confirmed on open sockets. */
import type { Access } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, offsetsWhere } from "./layout.ts";
import { sampleTasks } from "./process-layout.ts";

export const SOCKET_FIELDS = [
  "socket.type",
  "socket.sk",
  "socket.ops",
  "socket_alloc.vfs_inode",
  "sock.sk_socket",
  "sock.skc_daddr",
  "sock.skc_rcv_saddr",
  "sock.skc_dport",
  "sock.skc_num",
  "sock.skc_family",
  "sock.skc_state",
  "sock.skc_node",
  "sock.skc_prot",
  "sock.sk_type",
  "inet_sock.inet_sport",
  "unix_sock.addr",
] as const;
export type SocketField = (typeof SOCKET_FIELDS)[number];

const SOCKET_BYTES = 0x40;
const SOCK_HEAD_BYTES = 0x40;
const MAX_SOCKETS = 32;
const PROTOCOLS = ["tcp_prot", "tcpv6_prot", "udp_prot", "udpv6_prot", "raw_prot", "rawv6_prot", "ping_prot"];
const AF_INET = 2;
const AF_INET6 = 10;
const MAX_FAMILY = 64;
/** SOCK_STREAM to SOCK_PACKET. */
const MAX_SOCKET_TYPE = 10;

/** A socket that some process has open, by its file's data. */
interface OpenSocket {
  readonly socket: number;
  readonly inode: number;
}

function openSockets(context: LayoutContext): OpenSocket[] | string {
  const at = context.offsets(
    "task_struct.files",
    "task_struct.mm",
    "files_struct.fdt",
    "file.private_data",
    "file.f_inode",
    "inode.i_sb",
    "super_block.s_type",
  );
  if (typeof at === "string") return at;
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return sampled;
  const found = new Map<number, OpenSocket>();
  for (const { words } of sampled.tasks) {
    const files = words[at["task_struct.files"] >> 2];
    if (words[at["task_struct.mm"] >> 2] === 0 || !context.isPointer(files)) continue;
    const [maxFds, fd] = context.words(context.word(files + at["files_struct.fdt"]) ?? 0, 8);
    if (!context.isPointer(fd)) continue;
    for (const file of context.words(fd, Math.min(maxFds, 256) * 4)) {
      if (!context.isPointer(file)) continue;
      const inode = context.word(file + at["file.f_inode"]) ?? 0;
      const type = context.word((context.word(inode + at["inode.i_sb"]) ?? 0) + at["super_block.s_type"]) ?? 0;
      if (context.space.readCString(context.word(type) ?? 0, 16) !== "sockfs") continue;
      const socket = context.word(file + at["file.private_data"]) ?? 0;
      if (context.isPointer(socket) && found.size < MAX_SOCKETS) found.set(socket, { socket, inode });
    }
  }
  return [...found.values()];
}

const half = (context: LayoutContext, address: number): number => {
  const word = context.word(address & ~3) ?? 0;
  return (address & 2) === 0 ? word & 0xffff : word >>> 16;
};

/** `inet_getname(sock, ...)` reads the socket's addresses and ports through `sock->sk`. */
interface NameLoads {
  readonly sk: number;
  readonly of: (sizeBytes: number) => number[];
}

function nameLoads(context: LayoutContext): NameLoads | undefined {
  const isOfSock = ({ kind, address }: Access): boolean =>
    kind === "load" && address.root === "r0" && address.steps.length === 1;
  const loads = (context.trace("inet_getname")?.accesses ?? []).filter(isOfSock);
  const sks = new Set(loads.map(({ address }) => address.steps[0]));
  if (sks.size !== 1) return undefined;
  const of = (sizeBytes: number): number[] =>
    [...new Set(loads.filter((load) => load.sizeBytes === sizeBytes).map(({ address }) => address.add))].sort(
      (a, b) => a - b,
    );
  return { sk: [...sks][0], of };
}

/** Fields that inet_getname alone tells, in the order in which `sock` has them. */
function learnNames(loads: NameLoads | undefined, learned: LearnedFacts<SocketField>): void {
  const evidence = "inet_getname loads it";
  const ports = loads?.of(2) ?? [];
  const addresses = loads?.of(4) ?? [];
  const states = loads?.of(1) ?? [];
  const give = (name: SocketField, value: number | undefined, isClear: boolean): void => {
    const reason = "inet_getname does not tell";
    learned.set(name, isClear && value !== undefined ? likely(value, evidence) : unknown(reason));
  };
  give("sock.skc_dport", ports[0], ports.length === 2);
  give("inet_sock.inet_sport", ports[1], ports.length === 2);
  give("sock.skc_state", states[0], states.length === 1);
  // skc_daddr and skc_rcv_saddr are the pair that is compared at once; inet_saddr comes far behind.
  const isPair = addresses.length === 3 && addresses[1] === addresses[0] + 4;
  give("sock.skc_daddr", addresses[0], isPair);
  give("sock.skc_rcv_saddr", addresses[1], isPair);
}

/** The half-word that inet_put_port clears: the local port, free again. */
function findNum(context: LayoutContext): Fact<number> {
  const accesses = context.trace("inet_put_port")?.accesses ?? [];
  const cleared = accesses.filter(
    ({ kind, sizeBytes, address, value }) =>
      kind === "store" &&
      sizeBytes === 2 &&
      address.root === "r0" &&
      address.steps.length === 0 &&
      value?.root === "const",
  );
  return judged({ code: cleared.map(({ address }) => address.add), codeEvidence: "inet_put_port clears it" });
}

/** `__inet_lookup_established` goes from a link in its table to the socket around it. */
function findNode(context: LayoutContext): Fact<number> {
  const put = context.symbols.find("sock_gen_put");
  const calls = (context.trace("__inet_lookup_established")?.calls ?? []).filter(({ target }) => target === put);
  const code = put === undefined ? [] : calls.map(({ args: [sock] }) => -(sock.add | 0)).filter((step) => step > 0);
  return judged({ code, codeEvidence: "__inet_lookup_established takes it off a link for sock_gen_put" });
}

/** What `sock_i_ino(sk)` reads: through `sk_socket`, the number of the inode behind the socket. */
function inodeLoad(context: LayoutContext): { skSocket: number; number: number } | undefined {
  const loads = (context.trace("sock_i_ino")?.accesses ?? []).filter(
    ({ kind, address }) => kind === "load" && address.root === "r0" && address.steps.length === 1,
  );
  return loads.length === 1 ? { skSocket: loads[0].address.steps[0], number: loads[0].address.add } : undefined;
}

/** Confirms what code says of `socket` on those that are open. */
function learnSocket(context: LayoutContext, sockets: readonly OpenSocket[], learned: LearnedFacts<SocketField>): void {
  const load = inodeLoad(context);
  const ino = context.fact("inode.i_ino");
  const codeEvidence = "sock_i_ino goes through it";
  if (load === undefined || !ino.known) {
    for (const name of ["sock.sk_socket", "socket_alloc.vfs_inode"] as const)
      learned.set(name, unknown("sock_i_ino does not tell"));
    return;
  }
  const behind = load.number - ino.value;
  if (sockets.length === 0) {
    learned.set("sock.sk_socket", likely(load.skSocket, codeEvidence));
    learned.set("socket_alloc.vfs_inode", likely(behind, codeEvidence));
    return;
  }
  const fit = sockets.every(({ socket, inode }) => inode === socket + behind);
  learned.set(
    "socket_alloc.vfs_inode",
    fit
      ? proved(behind, `where the inode of ${sockets.length} open sockets lies; ${codeEvidence}`)
      : unknown("the inodes of open sockets lie elsewhere than sock_i_ino says"),
  );
  const links = offsetsWhere(SOCKET_BYTES, (offset) =>
    sockets.every(({ socket }) => {
      const sk = context.word(socket + offset);
      return context.isPointer(sk) && context.word(sk + load.skSocket) === socket;
    }),
  );
  const dataEvidence = `${sockets.length} open sockets and their sock point to each other`;
  learned.set("socket.sk", judged({ data: links, dataEvidence }));
  learned.set(
    "sock.sk_socket",
    links.length === 1 ? proved(load.skSocket, `${dataEvidence}; ${codeEvidence}`) : unknown(dataEvidence),
  );
}

/** `skc_family` is the family that the socket's operations begin with. */
function learnFamily(context: LayoutContext, sockets: readonly OpenSocket[], learned: LearnedFacts<SocketField>): void {
  const sk = learned.get("socket.sk");
  if (sk?.known !== true || sockets.length === 0) return;
  const ops = sk.value + 4;
  const familyOf = ({ socket }: OpenSocket): number => context.word(context.word(socket + ops) ?? 0) ?? 0;
  const sound = sockets.every((socket) => familyOf(socket) > 0 && familyOf(socket) < MAX_FAMILY);
  learned.set(
    "socket.ops",
    sound
      ? proved(ops, "it leads to a structure that begins with a family")
      : unknown("what follows sk begins with no family"),
  );
  const found: number[] = [];
  for (let offset = 0; offset < SOCK_HEAD_BYTES; offset += 2) {
    const fits = (open: OpenSocket): boolean =>
      half(context, (context.word(open.socket + sk.value) ?? 0) + offset) === familyOf(open);
    if (sound && sockets.every(fits)) found.push(offset);
  }
  const state = learned.get("sock.skc_state");
  const code = state?.known === true ? [state.value - 2] : undefined;
  const dataEvidence = `the family of the operations of ${sockets.length} open sockets`;
  learned.set(
    "sock.skc_family",
    judged({ data: found, dataEvidence, code, codeEvidence: "it stands before skc_state" }),
  );
  const types = sockets.every(({ socket }) => {
    const type = half(context, socket + 4);
    return type > 0 && type <= MAX_SOCKET_TYPE;
  });
  learned.set(
    "socket.type",
    types ? proved(4, `a socket type in ${sockets.length} open sockets, behind the state`) : unknown("no socket type"),
  );
}

/** What code says is confirmed where Internet sockets are open: `skc_num` is `inet_sport` in the host's order. */
function confirmPorts(
  context: LayoutContext,
  sockets: readonly OpenSocket[],
  learned: LearnedFacts<SocketField>,
): void {
  const [sk, family, num, sport] = (
    ["socket.sk", "sock.skc_family", "sock.skc_num", "inet_sock.inet_sport"] as const
  ).map((name) => learned.get(name));
  if (sk?.known !== true || family?.known !== true || num?.known !== true || sport?.known !== true) return;
  const socks = sockets
    .map(({ socket }) => context.word(socket + sk.value) ?? 0)
    .filter((sock) => [AF_INET, AF_INET6].includes(half(context, sock + family.value)));
  const bound = socks.filter((sock) => half(context, sock + num.value) !== 0);
  if (bound.length === 0) return;
  const swapped = (word: number): number => ((word & 0xff) << 8) | (word >>> 8);
  const agree = bound.every((sock) => swapped(half(context, sock + sport.value)) === half(context, sock + num.value));
  for (const name of ["sock.skc_num", "inet_sock.inet_sport"] as const) {
    const fact = learned.get(name);
    if (fact?.known !== true) continue;
    const evidence = `the same port in ${bound.length} open sockets; ${fact.evidence}`;
    learned.set(
      name,
      agree ? proved(fact.value, evidence) : unknown("the local port of open sockets is not twice there"),
    );
  }
}

/** `skc_prot` is tcp_prot, udp_prot or the like in every open Internet socket; functions call through it. */
function learnProtocol(
  context: LayoutContext,
  sockets: readonly OpenSocket[],
  learned: LearnedFacts<SocketField>,
): void {
  const protocols = new Set(
    PROTOCOLS.map((name) => context.symbols.find(name)).filter((address) => address !== undefined),
  );
  const [sk, family] = (["socket.sk", "sock.skc_family"] as const).map((name) => learned.get(name));
  const calls = (context.trace("tcp_set_state")?.accesses ?? []).filter(
    ({ kind, address }) => kind === "load" && address.root === "r0" && address.steps.length === 1,
  );
  const code = calls.map(({ address }) => address.steps[0]);
  const codeEvidence = "tcp_set_state goes through it";
  const socks = sockets
    .map(({ socket }) => context.word(socket + (sk?.known === true ? sk.value : 0)) ?? 0)
    .filter((sock) => family?.known === true && [AF_INET, AF_INET6].includes(half(context, sock + family.value)));
  if (socks.length === 0) {
    // It stands before skc_net, through which the function counts.
    const first = code.length === 0 ? [] : [Math.min(...code)];
    learned.set("sock.skc_prot", judged({ code: first, codeEvidence }));
    return;
  }
  // Not every protocol is exported.
  const data = offsetsWhere(SOCK_HEAD_BYTES, (offset) => {
    const words = socks.map((sock) => context.word(sock + offset));
    return words.every((word) => context.isPointer(word)) && words.some((word) => protocols.has(word ?? 0));
  });
  const dataEvidence = `a pointer to a protocol in ${socks.length} open sockets`;
  learned.set("sock.skc_prot", judged({ data, dataEvidence, code, codeEvidence }));
}

/** unix_seq_show reads the type, as a half-word, and the address, through which it reads on. */
function learnUnix(context: LayoutContext, learned: LearnedFacts<SocketField>): void {
  const loads = (context.trace("unix_seq_show")?.accesses ?? []).filter(
    ({ kind, address }) => kind === "load" && address.root === "r1",
  );
  const direct = (sizeBytes: number): number[] =>
    loads
      .filter((load) => load.sizeBytes === sizeBytes && load.address.steps.length === 0)
      .map(({ address }) => address.add);
  const followed = loads.filter(({ address }) => address.steps.length === 1).map(({ address }) => address.steps[0]);
  learned.set("sock.sk_type", judged({ code: direct(2), codeEvidence: "unix_seq_show loads it" }));
  learned.set("unix_sock.addr", judged({ code: followed, codeEvidence: "unix_seq_show reads the name through it" }));
}

function learn(context: LayoutContext): LearnedFacts<SocketField> {
  const sockets = openSockets(context);
  const open = typeof sockets === "string" ? [] : sockets;
  const loads = nameLoads(context);
  const learned = allUnknown(SOCKET_FIELDS, "no socket is open and no function tells");
  learned.set(
    "socket.sk",
    loads === undefined ? unknown("inet_getname does not tell") : likely(loads.sk, "inet_getname goes through it"),
  );
  learnNames(loads, learned);
  learned.set("sock.skc_num", findNum(context));
  learned.set("sock.skc_node", findNode(context));
  const state = learned.get("sock.skc_state");
  if (state?.known === true) learned.set("sock.skc_family", likely(state.value - 2, "it stands before skc_state"));
  learnUnix(context, learned);
  learnSocket(context, open, learned);
  learnFamily(context, open, learned);
  confirmPorts(context, open, learned);
  learnProtocol(context, open, learned);
  return learned;
}

export const socketLayout: LayoutGroup<SocketField> = { fields: SOCKET_FIELDS, learn };
