/** `ids netstat`: sockets as the kernel finds them, with who has them open; what only one of both views shows was hidden. */
import type { Kernel, Sock, SocketWalk, Task } from "../linux/index.ts";
import { Family, rawSockets, tcpSockets, udpSockets } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

type Protocol = "tcp" | "udp" | "raw" | "unix";

const TABLES: readonly [Protocol, (kernel: Kernel) => SocketWalk][] = [
  ["tcp", tcpSockets],
  ["udp", udpSockets],
  ["raw", rawSockets],
];
const CLOSED = 7;

interface Owner {
  readonly task: Task;
  readonly sock: Sock;
}

/** Every socket that a process in the task list has open, by the address of its sock. */
function openSockets(kernel: Kernel): Map<number, Owner> {
  const owners = new Map<number, Owner>();
  for (const task of kernel.tasks()) {
    for (const { file } of task.files?.entries() ?? []) {
      const { sock } = file;
      if (sock !== undefined && !owners.has(sock.address)) owners.set(sock.address, { task, sock });
    }
  }
  return owners;
}

const isInet6 = (sock: Sock): boolean => sock.family === Family.inet6;
const endpoint = (sock: Sock, address: string | undefined, port: number | undefined): string =>
  `${isInet6(sock) && address === "0.0.0.0" ? "::" : (address ?? "?")}:${port ?? "?"}`;

function placesOf(protocol: Protocol, sock: Sock): Record<string, string | null> {
  if (protocol === "unix") {
    const state = sock.isConnected === true ? "CONNECTED" : sock.stateName === "LISTEN" ? "LISTEN" : "UNCONNECTED";
    return { local: sock.unixName ?? "", remote: "", state, type: sock.typeName ?? null };
  }
  return {
    local: endpoint(sock, sock.localAddress, sock.localPort),
    remote: endpoint(sock, sock.remoteAddress, sock.remotePort),
    state: sock.stateName ?? null,
    type: sock.isMini ? null : (sock.typeName ?? null),
  };
}

function valuesOf(protocol: Protocol, sock: Sock, owner: Owner | undefined): Record<string, string | number | null> {
  const { inode } = sock;
  return {
    protocol: protocol !== "unix" && isInet6(sock) ? `${protocol}6` : protocol,
    ...placesOf(protocol, sock),
    uid: inode?.uid ?? 0,
    inode: inode?.number ?? 0,
    pid: owner?.task.pid ?? null,
    name: owner?.task.comm ?? null,
    sock: sock.address,
  };
}

/** The protocol whose table must have a socket that is in use; the others are in none, or in tables not read here. */
function expectedTable(sock: Sock, protocols: ReadonlyMap<number, Protocol>): Protocol | undefined {
  if (sock.family !== Family.inet && sock.family !== Family.inet6) return undefined;
  const protocol = protocols.get(sock.protocolAddress ?? 0);
  if (protocol === "tcp") return sock.state === CLOSED ? undefined : protocol;
  return protocol === "udp" && sock.localPort !== 0 ? protocol : undefined;
}

/** `struct proto` of each protocol: exported, and named by every socket of it. */
function protocolsOf(kernel: Kernel): Map<number, Protocol> {
  const known: [string, Protocol][] = [
    ["tcp_prot", "tcp"],
    ["tcpv6_prot", "tcp"],
    ["udp_prot", "udp"],
    ["udpv6_prot", "udp"],
  ];
  return new Map(known.map(([name, protocol]) => [kernel.symbols.find(name) ?? -1, protocol]));
}

function* run(kernel: Kernel): Generator<Observation> {
  const owners = openSockets(kernel);
  const inTables = new Set<number>();
  const complete = new Set<Protocol>();
  for (const [protocol, walk] of TABLES) {
    const { socks, reason, damage } = walk(kernel);
    if (reason === undefined && damage === undefined) complete.add(protocol);
    if (reason !== undefined) yield cannotTell(`${protocol}: ${reason}`);
    if (damage !== undefined) yield finding("damaged", { protocol, what: damage }, { sockets: socks.length });
    for (const sock of socks) {
      if (inTables.has(sock.address)) continue;
      inTables.add(sock.address);
      yield row(valuesOf(protocol, sock, owners.get(sock.address)));
    }
  }
  const protocols = protocolsOf(kernel);
  for (const owner of owners.values()) {
    const { sock, task } = owner;
    if (sock.family === Family.unix) yield row(valuesOf("unix", sock, owner));
    const table = expectedTable(sock, protocols);
    if (table === undefined || inTables.has(sock.address) || !complete.has(table)) continue;
    yield row(valuesOf(table, sock, owner), "in no table of sockets");
    const data = { protocol: table, port: sock.localPort ?? 0, pid: task.pid ?? 0, name: task.comm ?? "?" };
    yield finding("hidden", data, { sock: sock.address, task: task.address });
  }
}

export const sockets: Check = {
  id: "netstat",
  title: "sockets",
  severity: "high",
  view: "the kernel's hash tables of TCP, UDP and raw sockets, and the sockets that processes have open",
  cost: "the tables once, about 30 loads an open file and 40 a socket",
  needs: [
    "task_struct.tasks",
    "task_struct.files",
    "files_struct.fdt",
    "file.f_inode",
    "file.private_data",
    "super_block.s_type",
    "socket.sk",
    "sock.skc_family",
    "sock.skc_state",
    "sock.skc_num",
    "sock.skc_dport",
    "sock.skc_daddr",
    "sock.skc_rcv_saddr",
    "sock.skc_node",
    "sock.sk_socket",
    "socket_alloc.vfs_inode",
    "inode.i_ino",
  ],
  wants: ["inode.i_uid"],
  columns: [
    { name: "protocol", heading: "PROTO", type: "text" },
    { name: "local", heading: "LOCAL", type: "text" },
    { name: "remote", heading: "REMOTE", type: "text" },
    { name: "state", heading: "STATE", type: "text" },
    { name: "type", type: "text" },
    { name: "uid", heading: "UID", type: "number" },
    { name: "inode", heading: "INODE", type: "number" },
    { name: "pid", heading: "PID", type: "number" },
    { name: "name", heading: "NAME", type: "text" },
    { name: "sock", type: "address" },
  ],
  messages: {
    damaged: "the table of {protocol} sockets has {what}",
    hidden: "process {pid} ({name}) has a {protocol} socket on port {port} that is in no table of sockets",
  },
  run,
};
