/** What the two ends of a serial line tell each other besides characters. */

export type Parity = "none" | "odd" | "even" | "mark" | "space";

/** How one end sends and samples characters. */
export interface LineSettings {
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: Parity;
  readonly stopBits: 1 | 2;
}

/** The outputs of one end; a null-modem cable makes the other end's CTS of RTS, and DSR and DCD of DTR. */
export interface ModemLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

export type LineEvent =
  | { readonly kind: "settings"; readonly settings: Partial<LineSettings> }
  | { readonly kind: "modem"; readonly lines: Partial<ModemLines> }
  /** The line is held low until the break is over. */
  | { readonly kind: "break"; readonly isOn: boolean };

export const DEFAULT_LINE: LineSettings = { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 };

/** Bits on the line for one character, with start and stop bits. */
export const frameBits = ({ dataBits, parity, stopBits }: LineSettings): number =>
  1 + dataBits + (parity === "none" ? 0 : 1) + stopBits;

/** How long one character takes, in whole nanoseconds. */
export const frameTimeNs = (line: LineSettings): number => Math.round((frameBits(line) * 1e9) / line.baudRate);

/** As people write it: `115200 8N1`. */
export const lineText = ({ baudRate, dataBits, parity, stopBits }: LineSettings): string =>
  `${baudRate} ${dataBits}${parity[0].toUpperCase()}${stopBits}`;
