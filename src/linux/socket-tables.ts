/**
 * The hash tables by which the kernel finds sockets, and which /proc/net shows: TCP's, UDP's, raw ones.
 *
 * Their shapes change, but each says what it is: an empty chain of a nulls table holds its own number (2 i + 1, in tables of listening sockets from
 * LISTENING_NULLS_BASE on), UDP's two
 * tables are one allocation, and the first link of a chain points back to its slot.
 */

import type { ReadWord } from "./arm-code.ts";
import type { ObjectContext } from "./kernel-object.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";
import { Sock } from "./socket.ts";

export interface SocketContext extends ObjectContext {
  readonly symbols: KernelSymbols;
  /** Code as it was booted where that is known. */
  readonly readCode: ReadWord;
}

export interface SocketWalk {
  readonly socks: readonly Sock[];
  /** Why the view is not complete. */
  readonly reason?: string;
  /** What is wrong with a chain, in words. */
  readonly damage?: string;
}

const MAX_SOCKETS = 65_536;
const MAX_BUCKETS = 1 << 20;
/** No table of Internet sockets is smaller; two buckets could be anything. */
const MIN_MASK = 7;
const MAX_STRIDE_BYTES = 64;
const HASHINFO_BYTES = 0x100;
const HASHINFO_USERS = ["tcp_sk_init", "tcp_init", "tcp_v4_rcv", "established_get_first", "listening_get_first"];
/** A lock and 256 heads, aligned. */
const RAW_TABLE_BYTES = 0x480;

function words(context: ObjectContext, address: number, count: number): Uint32Array {
  const bytes = new Uint8Array(count * 4);
  const filled = context.space.readPrefix(address, bytes);
  return new Uint32Array(bytes.buffer, 0, filled >>> 2);
}

/** A chain's link: an odd word, or 0, ends it. */
const isLink = (context: ObjectContext, word: number): boolean =>
  word !== 0 && (word & 3) === 0 && word >= context.map.modulesStart;

interface Heads {
  readonly heads: readonly number[];
}

/** Of the chains' own numbers: 0, or LISTENING_NULLS_BASE. */
const NULLS_BASES = [0, 1 << 29];

const FIRST_BUCKETS = 8;

/** The chains of `count` buckets when every one is empty, saying its own number, or a link, and not too many are links. */
function headsOf(
  context: ObjectContext,
  all: Uint32Array,
  at: { stride: number; offset: number; count: number; maxHeads: number },
) {
  const step = at.stride / 4;
  for (const nullsBase of NULLS_BASES) {
    const heads: number[] = [];
    let bucket = 0;
    for (; bucket < at.count; bucket++) {
      const word = all[bucket * step + at.offset];
      if (word === (((bucket + nullsBase) << 1) | 1) >>> 0) continue;
      if (!isLink(context, word)) break;
      heads.push(word);
    }
    if (bucket === at.count && heads.length <= at.maxHeads) return { heads };
  }
  return undefined;
}

/** The first words of a nulls table's chains, when `base` is one of `count` buckets that lie `stride` apart. */
function nullsHeads(context: ObjectContext, base: number, count: number, stride: number): Heads | undefined {
  // Most guesses fail at the first buckets already.
  const first = words(context, base, (FIRST_BUCKETS * stride) / 4);
  if (first.length < (FIRST_BUCKETS * stride) / 4) return undefined;
  for (let offset = 0; offset < stride / 4; offset++) {
    if (headsOf(context, first, { stride, offset, count: FIRST_BUCKETS, maxHeads: FIRST_BUCKETS }) === undefined)
      continue;
    const all = words(context, base, (count * stride) / 4);
    const found =
      all.length < (count * stride) / 4
        ? undefined
        : headsOf(context, all, { stride, offset, count, maxHeads: count / 2 });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The largest nulls table that a pointer of the structure leads to, its size being one of the structure's masks. */
function tableAt(context: ObjectContext, base: number, masks: readonly number[]): Heads | undefined {
  for (const mask of masks) {
    for (let stride = 4; stride <= MAX_STRIDE_BYTES; stride += 4) {
      const found = nullsHeads(context, base, mask + 1, stride);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Follows chains to their ends; a link is in a socket at `skc_node`. */
function collect(context: ObjectContext, heads: readonly number[], accept: (sock: Sock) => boolean): SocketWalk {
  const node = context.offsetOf("sock.skc_node");
  if (node === undefined) return { socks: [], reason: heads.length === 0 ? undefined : "sock.skc_node is not known" };
  const seen = new Set<number>();
  const socks: Sock[] = [];
  for (const head of heads) {
    for (let link: number | undefined = head; link !== undefined && isLink(context, link); ) {
      if (seen.has(link) || seen.size >= MAX_SOCKETS) return { socks, damage: "a chain that comes back to itself" };
      seen.add(link);
      const sock = new Sock(context, (link - node) >>> 0);
      if (!accept(sock)) return { socks, damage: "a chain that leads to something that is no socket" };
      socks.push(sock);
      link = context.space.readU32(link);
    }
  }
  return { socks };
}

const isInternet = (sock: Sock): boolean => sock.family === 2 || sock.family === 10;

/** The tables that the `inet_hashinfo` at an address leads to. */
function hashTables(context: SocketContext, address: number): Heads[] {
  const members = words(context, address, HASHINFO_BYTES / 4);
  const masks = [...new Set(members)].filter(
    (word) => (word & (word + 1)) === 0 && word >= MIN_MASK && word < MAX_BUCKETS,
  );
  masks.sort((a, b) => b - a);
  const bases = [...new Set(members)].filter((word) => isLink(context, word));
  return bases.flatMap((base) => tableAt(context, base, masks) ?? []);
}

/** `tcp_hashinfo` by its symbol, or by the code that uses it: Linux 6.1 and later give it to each name space. */
function tcpTables(context: SocketContext): Heads[] | undefined {
  const known = context.symbols.find("tcp_hashinfo");
  if (known !== undefined) return hashTables(context, known);
  for (const user of HASHINFO_USERS) {
    for (const literal of new Set(literalsOf(user, context.symbols, context.readCode))) {
      const tables = isLink(context, literal) ? hashTables(context, literal) : [];
      if (tables.length > 0) return tables;
    }
  }
  return undefined;
}

/** Established, closing and listening TCP sockets. */
export function tcpSockets(context: SocketContext): SocketWalk {
  const tables = tcpTables(context);
  if (tables === undefined) return { socks: [], reason: "neither a symbol nor code tells where tcp_hashinfo is" };
  if (tables.length === 0) return { socks: [], reason: "tcp_hashinfo leads to no table of chains" };
  const listening = tables.length < 2 ? "tcp_hashinfo leads to one table only, none of listening sockets" : undefined;
  const walk = collect(context, [...new Set(tables.flatMap(({ heads }) => heads))], isInternet);
  return { ...walk, reason: walk.reason ?? listening };
}

/** UDP sockets that have a port. */
export function udpSockets(context: SocketContext): SocketWalk {
  const address = context.symbols.find("udp_table");
  if (address === undefined) return { socks: [], reason: "the symbol udp_table is not known" };
  const [hash, hash2, mask, log] = words(context, address, 4);
  const stride = (hash2 - hash) / (mask + 1);
  const isTable =
    mask + 1 === 1 << log && mask < MAX_BUCKETS && stride >= 8 && stride <= MAX_STRIDE_BYTES && stride % 4 === 0;
  if (!isTable) return { socks: [], reason: "udp_table is not as Linux has had it since 3.0" };
  const slots = words(context, hash, ((mask + 1) * stride) / 4);
  const heads = slots.filter((word, index) => (index * 4) % stride === 0 && isLink(context, word));
  return collect(context, [...heads], isInternet);
}

/** Raw sockets of IPv4. */
export function rawSockets(context: SocketContext): SocketWalk {
  const address = context.symbols.find("raw_v4_hashinfo");
  if (address === undefined) return { socks: [], reason: "the symbol raw_v4_hashinfo is not known" };
  const slots = words(context, address, RAW_TABLE_BYTES / 4);
  const node = context.offsetOf("sock.skc_node") ?? 0;
  // What follows the table may have chains of its own, of other things.
  const heads = slots.filter((word, index) => {
    const isHead = isLink(context, word) && context.space.readU32(word + 4) === address + index * 4;
    return isHead && isInternet(new Sock(context, (word - node) >>> 0));
  });
  return collect(context, [...heads], isInternet);
}
