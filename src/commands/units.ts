/** Numbers in the notations of Xvisor's tables. */

export const MEBIBYTE = 1 << 20;

/** `96 MB`, `4 KB` or bytes, whichever is whole. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes >= MEBIBYTE && sizeBytes % MEBIBYTE === 0) return `${sizeBytes / MEBIBYTE} MB`;
  return sizeBytes >= 1024 && sizeBytes % 1024 === 0 ? `${sizeBytes / 1024} KB` : `${sizeBytes} B`;
}

/** `512.000 KB`. */
export const kilobytes = (sizeBytes: number): string => `${(sizeBytes / 1024).toFixed(3)} KB`;

/** `28306 (0x00006e92)`. */
export const withHex = (value: number): string => `${value} (0x${value.toString(16).padStart(8, "0")})`;

/** `0x00001169`, lower case. */
export const hexWord = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `h:mm:ss:ms` of a duration. */
export function durationText(durationNs: number): string {
  const ms = Math.floor(durationNs / 1e6);
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const parts = [twoDigits(minutes % 60), twoDigits(seconds % 60), String(ms % 1000).padStart(3, "0")];
  return `${Math.floor(minutes / 60)}:${parts.join(":")}`;
}
