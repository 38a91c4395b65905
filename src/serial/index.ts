export {
  ESCAPE_HELP,
  ESCAPE_PREFIX,
  EscapeKeys,
  type KeyTable,
  keyHelp,
} from "./escape-keys.ts";
export { findPortHolders, listSerialPorts, type PortHolder } from "./port-holders.ts";
export { describeSerialPorts, type SerialPortInfo } from "./port-list.ts";
export { PtyTransport } from "./pty-transport.ts";
export { ReconnectingTransport } from "./reconnecting.ts";
export { DEFAULT_BAUD_RATE, isRemote, parseSerialSpec, type SerialSpec } from "./serial-spec.ts";
export { SharedPort } from "./shared-port.ts";
export { SocketTransport } from "./socket-transport.ts";
export { StdioTransport } from "./stdio-transport.ts";
export type { Disconnection, Transport } from "./transport.ts";
export { createTransport } from "./transport-factory.ts";
export { TtyTransport } from "./tty-transport.ts";
export { TAKE_KEYBOARD } from "./write-lease.ts";
export { WsTransport } from "./ws-transport.ts";
