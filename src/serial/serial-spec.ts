/** The `--serial` argument: `stdio`, `/dev/ttyX[,baud]`, `tcp:HOST:PORT` or `unix:PATH`. */
import { serialSpecInvalid, serialSpecUnsupported } from "./errors.ts";

export type SerialSpec =
  | { kind: "stdio" }
  | { kind: "tty"; path: string; baudRate: number }
  | { kind: "tcp"; host: string; port: number }
  | { kind: "unix"; path: string };

export const DEFAULT_BAUD_RATE = 115_200;
const MAX_BAUD_RATE = 20_000_000;

function parseWhole(text: string, spec: string, what: string, largest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= largest)) {
    throw serialSpecInvalid(spec, `expected ${what} of 1 to ${largest}, found "${text}"`);
  }
  return value;
}

function parseTty(spec: string): SerialSpec {
  const [path, baud, ...rest] = spec.split(",");
  if (rest.length > 0) throw serialSpecInvalid(spec, `expected at most one comma, found "${spec}"`);
  const baudRate = baud === undefined ? DEFAULT_BAUD_RATE : parseWhole(baud, spec, "a baud rate", MAX_BAUD_RATE);
  return { kind: "tty", path, baudRate };
}

function parseTcp(spec: string): SerialSpec {
  const found = /^tcp:(\[[^\]]+\]|[^:]+):([^:]*)$/.exec(spec);
  if (found === null) throw serialSpecInvalid(spec, "expected tcp:HOST:PORT");
  return { kind: "tcp", host: found[1].replace(/^\[|\]$/g, ""), port: parseWhole(found[2], spec, "a port", 65_535) };
}

/** Reads a `--serial` argument; a wrong one is `HvError` `serial-spec-invalid` or `serial-spec-unsupported`. */
export function parseSerialSpec(spec: string): SerialSpec {
  if (spec === "stdio" || spec === "-") return { kind: "stdio" };
  if (spec.startsWith("tcp:")) return parseTcp(spec);
  if (spec.startsWith("unix:")) {
    if (spec.length === "unix:".length) throw serialSpecInvalid(spec, "expected unix:PATH, found no path");
    return { kind: "unix", path: spec.slice("unix:".length) };
  }
  const scheme = /^(pty|telnet|rfc2217|ws|wss)(:|$)/.exec(spec)?.[1];
  if (scheme !== undefined) throw serialSpecUnsupported(spec, scheme);
  if (spec.startsWith("/")) return parseTty(spec);
  if (/^tty\w+(,|$)/.test(spec)) throw serialSpecInvalid(spec, `expected a whole path; did you mean /dev/${spec}?`);
  throw serialSpecInvalid(spec, spec === "" ? "found nothing" : "no such kind of port");
}

const LOOPBACK_HOST = /^(localhost|127(\.\d+){1,3}|::1|::ffff:127\.[\d.]+)$/i;

/** Whether the other end may be another machine; a name that is not plainly this one counts as another. */
export const isRemote = (spec: SerialSpec): boolean => spec.kind === "tcp" && !LOOPBACK_HOST.test(spec.host);
