/** Writes ELF cores of physical memory. */

export function givenCore(loads: readonly { address: number; bytes: Uint8Array }[]): Uint8Array {
  const headerBytes = 52 + loads.length * 32;
  const file = new Uint8Array(headerBytes + loads.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, 40, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, loads.length, true);
  let at = headerBytes;
  for (const [index, { address, bytes }] of loads.entries()) {
    const words = [1, at, 0xc0000000 + address, address, bytes.length, bytes.length];
    for (const [word, value] of words.entries()) view.setUint32(52 + index * 32 + word * 4, value >>> 0, true);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}
