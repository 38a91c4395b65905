/** Changes of line ends and a few keys, by the names of stty(1) and tio(1): I is what arrives, O is what is typed. */
import { mapUnknown } from "./errors.ts";

const [BS, LF, CR, ESC, FF, DEL] = [0x08, 0x0a, 0x0d, 0x1b, 0x0c, 0x7f];

const MAPS: Readonly<Record<string, { readonly from: number; readonly to: readonly number[] }>> = {
  ICRNL: { from: CR, to: [LF] },
  IGNCR: { from: CR, to: [] },
  INLCR: { from: LF, to: [CR] },
  INLCRNL: { from: LF, to: [CR, LF] },
  IFFESCC: { from: FF, to: [ESC, 0x63] },
  OCRNL: { from: CR, to: [LF] },
  OIGNCR: { from: CR, to: [] },
  ONLCR: { from: LF, to: [CR] },
  ONLCRNL: { from: LF, to: [CR, LF] },
  ODELBS: { from: DEL, to: [BS] },
  OBSDEL: { from: BS, to: [DEL] },
};

export const MAP_NAMES: readonly string[] = Object.keys(MAPS);

export interface LineMaps {
  /** What arrives, for the screen. */
  incoming(data: Uint8Array): Uint8Array;
  /** What is typed, for the line. */
  outgoing(data: Uint8Array): Uint8Array;
}

function mapper(names: readonly string[]): (data: Uint8Array) => Uint8Array {
  const byByte = new Map(names.map((name) => [MAPS[name].from, MAPS[name].to]));
  if (byByte.size === 0) return (data) => data;
  return (data) => Uint8Array.from([...data].flatMap((byte) => byByte.get(byte) ?? [byte]));
}

/** Reads names with commas between, such as `INLCRNL,ODELBS`. */
export function parseLineMaps(text: string): LineMaps {
  const names = text.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !Object.hasOwn(MAPS, name));
  if (unknown !== undefined) throw mapUnknown(unknown, MAP_NAMES);
  const of = (letter: string) => names.filter((name) => name.startsWith(letter));
  return { incoming: mapper(of("I")), outgoing: mapper(of("O")) };
}
