/** `struct sock` as the protocols see it, with the socket and the inode that a process reaches it by. */
import { Inode } from "./dentry.ts";
import type { ObjectContext } from "./kernel-object.ts";
import { KernelObject } from "./kernel-object.ts";

export const Family = { unix: 1, inet: 2, inet6: 10 } as const;

/** TCP_* of include/net/tcp_states.h, by number. */
export const TCP_STATES = [
  "?",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "SYN_RECV",
] as const;
const ESTABLISHED = 1;
const TIME_WAIT = 6;
const NEW_SYN_RECV = 12;

/** SOCK_* of include/linux/net.h, by number. */
const TYPES = ["?", "STREAM", "DGRAM", "RAW", "RDM", "SEQPACKET"] as const;

/** `len` and, behind the family, the name of a `struct unix_address`. */
const UNIX_ADDRESS_LENGTH = 4;
const UNIX_ADDRESS_NAME = 10;
const MAX_UNIX_NAME_BYTES = 108;

const dotted = (word: number): string => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff).join(".");
const swapped = (half: number): number => ((half & 0xff) << 8) | (half >>> 8);

export class Sock extends KernelObject {
  /** From the address of a `struct socket`. */
  static ofSocket(context: ObjectContext, socket: number): Sock | undefined {
    const offset = context.offsetOf("socket.sk");
    const address = offset === undefined ? undefined : context.space.readU32(socket + offset);
    return address === undefined || address < context.map.modulesStart ? undefined : new Sock(context, address);
  }

  get family(): number | undefined {
    return this.half("sock.skc_family");
  }

  get state(): number | undefined {
    return this.byte("sock.skc_state");
  }

  get stateName(): string | undefined {
    const { state } = this;
    return state === undefined ? undefined : (TCP_STATES[state] ?? String(state));
  }

  /** Address of the protocol's `struct proto`, such as tcp_prot. */
  get protocolAddress(): number | undefined {
    return this.word("sock.skc_prot");
  }

  /** True for the small structures that stand for a connection that is not yet, or no longer, a socket. */
  get isMini(): boolean {
    return this.state === TIME_WAIT || this.state === NEW_SYN_RECV;
  }

  get localPort(): number | undefined {
    return this.half("sock.skc_num");
  }

  get remotePort(): number | undefined {
    const port = this.half("sock.skc_dport");
    return port === undefined ? undefined : swapped(port);
  }

  /** `127.0.0.1`; of IPv4 sockets, and of IPv6 ones that are bound to none. */
  get localAddress(): string | undefined {
    const word = this.word("sock.skc_rcv_saddr");
    return word === undefined ? undefined : dotted(word);
  }

  get remoteAddress(): string | undefined {
    const word = this.word("sock.skc_daddr");
    return word === undefined ? undefined : dotted(word);
  }

  /** `STREAM`, `DGRAM`. */
  get typeName(): string | undefined {
    const socket = this.socketAddress;
    const offset = this.context.offsetOf("socket.type");
    if (socket === undefined || offset === undefined) return undefined;
    const type = this.context.space.readU32(socket + offset);
    return type === undefined ? undefined : (TYPES[type & 0xffff] ?? String(type & 0xffff));
  }

  /** Whether a local socket has another that it is connected with, by what /proc/net/unix goes by. */
  get isConnected(): boolean | undefined {
    const { state } = this;
    return state === undefined ? undefined : state === ESTABLISHED;
  }

  /** The file of a local socket; `@` stands for the NUL of an abstract name. */
  get unixName(): string | undefined {
    const { space } = this.context;
    const address = this.pointer("unix_sock.addr");
    const length = address === undefined ? undefined : space.readU32(address + UNIX_ADDRESS_LENGTH);
    if (address === undefined || length === undefined || length < 2 || length > MAX_UNIX_NAME_BYTES + 2)
      return undefined;
    const bytes = space.readBytes(address + UNIX_ADDRESS_NAME, length - 2);
    if (bytes === undefined) return undefined;
    const text = Buffer.from(bytes).toString("latin1");
    return text.startsWith("\0") ? `@${text.slice(1)}` : text.replace(/\0.*$/s, "");
  }

  /** The inode that /proc/PID/fd names; none for connections whose process has closed them. */
  get inode(): Inode | undefined {
    const offset = this.context.offsetOf("socket_alloc.vfs_inode");
    const socket = this.isMini ? undefined : this.socketAddress;
    return socket === undefined || offset === undefined ? undefined : new Inode(this.context, socket + offset);
  }

  private get socketAddress(): number | undefined {
    return this.pointer("sock.sk_socket");
  }
}
