import { describe, expect, it } from "vitest";
import { proved, unknown } from "../../src/linux/fact.ts";
import { rawSockets, tcpSockets, udpSockets } from "../../src/linux/socket-tables.ts";
import { symbolTableOf } from "../../src/linux/symbol-table.ts";
import { Arena } from "./arena.ts";

const NODE = 0x34;
const FIELDS = { "sock.skc_node": NODE, "sock.skc_family": 0x10, "sock.skc_state": 0x12, "sock.skc_num": 0xe };

class Net extends Arena {
  readonly symbols = { find: (name: string): number | undefined => this.named.get(name) } as never;
  readonly named = new Map<string, number>();
  readonly readCode = (address: number): number | undefined => this.space.readU32(address);

  constructor() {
    super(FIELDS);
  }

  /** A kernel that exports no table, and a function of it that loads the address of one. */
  withCode(name: string, literal: number): void {
    const at = this.words(this.take(16), [0xe59f0000, 0xe12fff1e, literal]);
    const text = symbolTableOf("kallsyms", [
      { address: at, type: "T", name },
      { address: at + 12, type: "T", name: "behind" },
    ]);
    Object.assign(this.symbols, { text: proved(text, "a test") });
  }

  sock(port: number, next: number, family = 2): number {
    const sock = this.take(0x100);
    this.words(sock + 0xc, [port << 16, family | (10 << 16)]);
    this.words(sock + NODE, [next]);
    return sock;
  }

  /** Empty chains, each with its own number. */
  nulls(count: number, base = 0): number {
    return this.words(
      this.take(count * 4),
      Array.from({ length: count }, (_, index) => ((index + base) << 1) | 1),
    );
  }
}

describe("tcpSockets", () => {
  it("finds the established and the listening ones by the numbers of empty chains", () => {
    const net = new Net();
    const [established, listening] = [net.nulls(64), net.nulls(32, 1 << 29)];
    const second = net.sock(2000, 0x11);
    const first = net.sock(1000, second + NODE);
    net.words(established + 8 * 4, [first + NODE]);
    net.words(listening + 5 * 4, [net.sock(80, 0x4000000b) + NODE]);
    net.named.set("tcp_hashinfo", net.words(net.take(256), [established, 0, 63, 0, 0, 31, listening]));
    const { socks, reason, damage } = tcpSockets(net);
    expect(socks.map(({ localPort }) => localPort)).toEqual([1000, 2000, 80]);
    expect([reason, damage]).toEqual([undefined, undefined]);
  });

  it("finds them by the code that hands the tables to a name space, where no symbol does", () => {
    const net = new Net();
    const [established, listening] = [net.nulls(64), net.nulls(32, 1 << 29)];
    net.words(listening + 5 * 4, [net.sock(80, 0x4000000b) + NODE]);
    net.withCode("tcp_sk_init", net.words(net.take(256), [established, 0, 63, 0, 0, 31, listening]));
    const { socks, reason } = tcpSockets(net);
    expect([socks.map(({ localPort }) => localPort), reason]).toEqual([[80], undefined]);
  });

  it("tells a chain that comes back to itself, and one that leads to no socket", () => {
    const net = new Net();
    const [established, listening] = [net.nulls(64), net.nulls(32, 1 << 29)];
    net.named.set("tcp_hashinfo", net.words(net.take(256), [established, 63, listening, 31]));
    const looping = net.sock(1, 0);
    net.words(looping + NODE, [looping + NODE]);
    net.words(established, [looping + NODE]);
    expect(tcpSockets(net).damage).toBe("a chain that comes back to itself");
    net.words(looping + NODE, [1]);
    net.words(looping + 0x10, [77]);
    expect(tcpSockets(net).damage).toBe("a chain that leads to something that is no socket");
  });

  it("says when there is no symbol, and when no table is one", () => {
    const net = new Net();
    Object.assign(net.symbols, { text: unknown("a test") });
    expect(tcpSockets(net).reason).toMatch(/neither a symbol nor code/);
    net.named.set("tcp_hashinfo", net.take(256));
    expect(tcpSockets(net).reason).toMatch(/no table of chains/);
  });
});

describe("udpSockets", () => {
  it("takes the distance of slots from the two tables' distance", () => {
    const net = new Net();
    const slots = 16;
    const table = net.take(slots * 12 * 2);
    net.words(table + 3 * 12, [net.sock(53, 0) + NODE]);
    net.named.set("udp_table", net.words(net.take(16), [table, table + slots * 12, slots - 1, 4]));
    expect(udpSockets(net).socks.map(({ localPort }) => localPort)).toEqual([53]);
    net.words(net.named.get("udp_table") ?? 0, [table, table + slots * 12, slots - 1, 9]);
    expect(udpSockets(net).reason).toMatch(/udp_table is not as/);
  });
});

describe("rawSockets", () => {
  it("takes for a chain what points back to its slot and leads to an Internet socket", () => {
    const net = new Net();
    const table = net.take(0x480);
    const sock = net.sock(1, 0);
    net.words(table + 0x20, [sock + NODE]);
    net.words(sock + NODE + 4, [table + 0x20]);
    net.words(table + 0x40, [net.sock(2, 0) + NODE]);
    net.named.set("raw_v4_hashinfo", table);
    expect(rawSockets(net).socks.map(({ localPort }) => localPort)).toEqual([1]);
  });
});
