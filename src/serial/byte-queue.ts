/** Bytes that wait for a reader: bounded, the oldest make room for the newest and are counted. */

export class ByteQueue {
  /** Bytes that had to go, since the queue was made. */
  lostBytes = 0;
  private chunks: Uint8Array[] = [];
  private queuedBytes = 0;

  get length(): number {
    return this.queuedBytes;
  }

  /** Appends a copy of `data`; the queue is never longer than `limitBytes` afterwards. */
  push(data: Uint8Array, limitBytes: number): void {
    if (data.length === 0) return;
    this.chunks.push(new Uint8Array(data));
    this.queuedBytes += data.length;
    const excess = this.queuedBytes - limitBytes;
    if (excess <= 0) return;
    this.drop(excess);
    this.lostBytes += excess;
  }

  /** The first bytes, at most `limitBytes`, without taking them out. */
  peek(limitBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const chunk of this.chunks) {
      if (bytes >= limitBytes) break;
      parts.push(chunk.subarray(0, limitBytes - bytes));
      bytes += parts[parts.length - 1].length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Takes the first `count` bytes out. */
  drop(count: number): void {
    let rest = count;
    let whole = 0;
    while (whole < this.chunks.length && this.chunks[whole].length <= rest) rest -= this.chunks[whole++].length;
    this.chunks.splice(0, whole);
    if (rest > 0 && this.chunks.length > 0) {
      this.chunks[0] = this.chunks[0].subarray(rest);
      rest = 0;
    }
    this.queuedBytes -= count - rest;
  }

  take(limitBytes: number): Uint8Array {
    const bytes = this.peek(limitBytes);
    this.drop(bytes.length);
    return bytes;
  }
}
