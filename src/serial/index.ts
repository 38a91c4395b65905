export { ESCAPE_HELP, EscapeKeys } from "./escape-keys.ts";
export { findPortHolders, listSerialPorts, type PortHolder } from "./port-holders.ts";
export { DEFAULT_BAUD_RATE, isRemote, parseSerialSpec, type SerialSpec } from "./serial-spec.ts";
export { SocketTransport } from "./socket-transport.ts";
export { StdioTransport } from "./stdio-transport.ts";
export type { Disconnection, Transport } from "./transport.ts";
export { createTransport } from "./transport-factory.ts";
export { TtyTransport } from "./tty-transport.ts";
