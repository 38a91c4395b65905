/** Bytes that arrive when they like, read one at a time by somebody who waits for a while. */

/** More than this at once is noise or an attack; what comes on top of it is dropped. */
const MAX_WAITING_BYTES = 1 << 16;

export class ByteStream {
  private readonly bytes: number[] = [];
  private next = 0;
  private wake: () => void = () => {};

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    const room = MAX_WAITING_BYTES - (this.bytes.length - this.next);
    for (const byte of data.subarray(0, Math.max(0, room))) this.bytes.push(byte);
    this.wake();
  }

  clear(): void {
    this.bytes.length = 0;
    this.next = 0;
  }

  /** The next byte; `undefined` when none has come for `patienceMs`. */
  async read(patienceMs: number): Promise<number | undefined> {
    if (this.next === this.bytes.length) await this.arrival(patienceMs);
    if (this.next === this.bytes.length) return undefined;
    const byte = this.bytes[this.next++];
    if (this.next === this.bytes.length) this.clear();
    return byte;
  }

  private arrival(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
