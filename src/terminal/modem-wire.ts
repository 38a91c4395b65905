/** What the two ends of X-modem and Y-modem say to each other (Chuck Forsberg's "XMODEM/YMODEM protocol reference", 1988). */

export type ModemProtocol = "xmodem" | "xmodem-1k" | "ymodem";

export const MODEM_PROTOCOLS: readonly ModemProtocol[] = ["xmodem", "xmodem-1k", "ymodem"];

export const SOH = 0x01;
export const STX = 0x02;
export const EOT = 0x04;
export const ACK = 0x06;
export const NAK = 0x15;
export const CAN = 0x18;
/** `C`: the receiver wants CRC-16. */
export const CRC_MODE = 0x43;
export const PADDING = 0x1a;
export const SHORT_BLOCK = 128;
export const LONG_BLOCK = 1024;
/** Of one block, before the transfer is given up. */
export const MAX_TRIES = 10;
/** More than the two that end a transfer: some may be lost. */
export const CANCELLATION: Uint8Array = new Uint8Array(5).fill(CAN);

/** CRC-16 of CCITT with polynomial 0x1021, starting at 0. */
export function crc16(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** The check at a block's end: two bytes of CRC, or the sum of its bytes. */
export function checkOf(data: Uint8Array, usesCrc: boolean): readonly number[] {
  if (!usesCrc) return [data.reduce((total, byte) => (total + byte) & 0xff, 0)];
  const crc = crc16(data);
  return [crc >> 8, crc & 0xff];
}
