/** From a port's words to the transport. */
import type { Logger } from "../base/index.ts";
import { PtyTransport } from "./pty-transport.ts";
import type { SerialSpec } from "./serial-spec.ts";
import { SharedPort } from "./shared-port.ts";
import { SocketTransport } from "./socket-transport.ts";
import { StdioTransport } from "./stdio-transport.ts";
import type { Transport } from "./transport.ts";
import { TtyTransport } from "./tty-transport.ts";
import { WsTransport } from "./ws-transport.ts";

export interface TransportOptions {
  readonly log: Logger;
  /** What clients from other machines say, or what we say to a port of another machine. */
  readonly token?: string;
}

function connectTransport({ protocol, address }: Extract<SerialSpec, { kind: "connect" }>, options: TransportOptions) {
  if (protocol !== "ws") return new SocketTransport({ protocol, address, log: options.log });
  if ("path" in address) throw new TypeError("a WebSocket has a host");
  return new WsTransport({ ...address, token: options.token });
}

/** The transport of a parsed spec, not started. */
export function createTransport(spec: SerialSpec, options: TransportOptions): Transport {
  const { log, token } = options;
  switch (spec.kind) {
    case "stdio":
      return new StdioTransport();
    case "tty":
      return new TtyTransport({ path: spec.path, baudRate: spec.baudRate, log });
    case "pty":
      return new PtyTransport({ link: spec.link, log });
    case "listen":
      return new SharedPort({ protocol: spec.protocol, address: spec.address, token, log });
    case "connect":
      return connectTransport(spec, options);
  }
}
