/** Writes LiME images. */

export function givenLime(ranges: readonly { address: number; bytes: Uint8Array }[]): Uint8Array {
  const parts = ranges.map(({ address, bytes }) => {
    const header = new Uint8Array(32);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x4c694d45, true);
    view.setUint32(4, 1, true);
    view.setBigUint64(8, BigInt(address), true);
    view.setBigUint64(16, BigInt(address + bytes.length - 1), true);
    return Buffer.concat([header, bytes]);
  });
  return new Uint8Array(Buffer.concat(parts));
}
