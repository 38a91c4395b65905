export { parseEscape } from "./escape-option.ts";
export { TERMINAL_KEYS, type TerminalAction } from "./keys.table.ts";
export { MAP_NAMES, parseLineMaps } from "./line-maps.ts";
export { MODEM_PROTOCOLS, type ModemProtocol } from "./modem-wire.ts";
export { SessionLog } from "./session-log.ts";
export { Terminal } from "./terminal.ts";
export { TIMESTAMP_FORMATS, type TimestampFormat, Timestamps } from "./timestamps.ts";
