/** From the `--serial` argument to the transport. */
import type { Logger } from "../base/index.ts";
import type { SerialSpec } from "./serial-spec.ts";
import { SocketTransport } from "./socket-transport.ts";
import { StdioTransport } from "./stdio-transport.ts";
import type { Transport } from "./transport.ts";
import { TtyTransport } from "./tty-transport.ts";

/** The transport of a parsed spec, not started. */
export function createTransport(spec: SerialSpec, log: Logger): Transport {
  switch (spec.kind) {
    case "stdio":
      return new StdioTransport();
    case "tty":
      return new TtyTransport({ path: spec.path, baudRate: spec.baudRate, log });
    case "tcp":
      return new SocketTransport(`tcp:${spec.host}:${spec.port}`, { host: spec.host, port: spec.port }, log);
    case "unix":
      return new SocketTransport(`unix:${spec.path}`, { path: spec.path }, log);
  }
}
