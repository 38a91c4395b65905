/** What the keys behind the escape key do. */
import type { KeyTable } from "../serial/index.ts";

export type TerminalAction =
  | "quit"
  | "break"
  | "dtr"
  | "rts"
  | "timestamps"
  | "hex"
  | "send-ymodem"
  | "send-xmodem"
  | "receive-ymodem"
  | "receive-xmodem"
  | "take"
  | "help";

export const TERMINAL_KEYS: KeyTable<TerminalAction> = {
  q: { action: "quit", text: "quits" },
  b: { action: "break", text: "sends a break" },
  d: { action: "dtr", text: "toggles DTR" },
  r: { action: "rts", text: "toggles RTS" },
  t: { action: "timestamps", text: "shows times or not" },
  x: { action: "hex", text: "shows bytes in hex or not" },
  s: { action: "send-ymodem", text: "sends a file by Y-modem" },
  S: { action: "send-xmodem", text: "by X-modem" },
  g: { action: "receive-ymodem", text: "gets files by Y-modem" },
  G: { action: "receive-xmodem", text: "a file by X-modem" },
  w: { action: "take", text: "takes the keyboard of a shared port" },
  "?": { action: "help", text: "shows this" },
};
