/** The words after `--serial`, `--guest-serial N=` and `komainu console`: which port, and of what kind. */
import { serialSpecInvalid } from "./errors.ts";

/** What travels on a socket. */
export type Protocol = "raw" | "telnet" | "rfc2217" | "ws";

export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

export type SerialSpec =
  | { kind: "stdio" }
  | { kind: "tty"; path: string; baudRate: number }
  /** A new pseudo-terminal, with a name of the user's choice beside the system's. */
  | { kind: "pty"; link: string | undefined }
  | { kind: "listen"; protocol: Protocol; address: Address }
  | { kind: "connect"; protocol: Protocol; address: Address };

/** Who waits for whom where a kind can be both: `run` listens, `console` connects. */
export type SpecRole = "listen" | "connect";

export const DEFAULT_BAUD_RATE = 115_200;
const MAX_BAUD_RATE = 20_000_000;
const LOOPBACK = "127.0.0.1";

const PROTOCOLS: Readonly<Record<string, Protocol>> = { tcp: "raw", telnet: "telnet", rfc2217: "rfc2217", ws: "ws" };

function parseWhole(text: string, spec: string, range: { what: string; smallest: number; largest: number }): number {
  const { what, smallest, largest } = range;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= smallest && value <= largest) return value;
  throw serialSpecInvalid(spec, `expected ${what} of ${smallest} to ${largest}, found "${text}"`);
}

function parseTty(spec: string): SerialSpec {
  const [path, baud, ...rest] = spec.split(",");
  if (rest.length > 0) throw serialSpecInvalid(spec, `expected at most one comma, found "${spec}"`);
  const range = { what: "a baud rate", smallest: 1, largest: MAX_BAUD_RATE };
  return { kind: "tty", path, baudRate: baud === undefined ? DEFAULT_BAUD_RATE : parseWhole(baud, spec, range) };
}

function parseSocket(spec: string, scheme: string, role: SpecRole): SerialSpec {
  const [, host, port] = /^[^:]+:(?:(\[[^\]]+\]|[^:]*):)?([^:]*)$/.exec(spec) ?? [];
  const wanted = role === "listen" ? `${scheme}:PORT or ${scheme}:HOST:PORT` : `${scheme}:HOST:PORT`;
  if (port === undefined || host === "" || (role === "connect" && host === undefined)) {
    throw serialSpecInvalid(spec, `expected ${wanted}`);
  }
  // A listener on port 0 gets a free one from the system, and says which.
  const smallest = role === "listen" ? 0 : 1;
  const address = {
    host: (host ?? LOOPBACK).replace(/^\[|\]$/g, ""),
    port: parseWhole(port, spec, { what: "a port", smallest, largest: 65_535 }),
  };
  return { kind: role, protocol: PROTOCOLS[scheme.replace("-connect", "")], address };
}

function parseUnix(spec: string, role: SpecRole): SerialSpec {
  const path = spec.slice(spec.indexOf(":") + 1);
  if (path === "") throw serialSpecInvalid(spec, `expected ${spec}PATH, found no path`);
  return { kind: role, protocol: "raw", address: { path } };
}

function parsePty(spec: string, role: SpecRole): SerialSpec {
  if (role === "connect") throw serialSpecInvalid(spec, "expected a port that exists; pty makes a new one, for run");
  const link = spec === "pty" ? undefined : spec.slice("pty:".length);
  if (link === "") throw serialSpecInvalid(spec, "expected pty or pty:LINK, found no link");
  return { kind: "pty", link };
}

/** Reads a port's words; wrong ones are `HvError` `serial-spec-invalid`. */
export function parseSerialSpec(spec: string, role: SpecRole = "listen"): SerialSpec {
  if (spec === "stdio" || spec === "-") return { kind: "stdio" };
  const scheme = /^([a-z0-9-]+)(?=:|$)/.exec(spec)?.[1] ?? "";
  if (scheme === "pty") return parsePty(spec, role);
  if (scheme === "unix" || scheme === "unix-connect") return parseUnix(spec, scheme === "unix" ? role : "connect");
  if (Object.hasOwn(PROTOCOLS, scheme)) return parseSocket(spec, scheme, role);
  if (scheme.endsWith("-connect") && Object.hasOwn(PROTOCOLS, scheme.slice(0, -"-connect".length))) {
    return parseSocket(spec, scheme, "connect");
  }
  if (spec.startsWith("/")) return parseTty(spec);
  if (/^tty\w+(,|$)/.test(spec)) throw serialSpecInvalid(spec, `expected a whole path; did you mean /dev/${spec}?`);
  if (scheme === "wss") throw serialSpecInvalid(spec, "expected ws; for TLS, put a proxy or an SSH tunnel before it");
  throw serialSpecInvalid(spec, spec === "" ? "found nothing" : "no such kind of port");
}

const LOOPBACK_HOST = /^(localhost|127(\.\d+){1,3}|::1|::ffff:127\.[\d.]+)$/i;

/** A name that is not plainly this machine counts as another. */
export const isLoopback = (host: string): boolean => LOOPBACK_HOST.test(host);

/** Whether the other end may be another machine. */
export const isRemote = (spec: SerialSpec): boolean =>
  (spec.kind === "listen" || spec.kind === "connect") && "host" in spec.address && !isLoopback(spec.address.host);

/** As the user would write it. */
export function addressText(protocol: Protocol, address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  const scheme = protocol === "raw" ? "tcp" : protocol;
  return `${scheme}:${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
}
