/** The time in front of each line that arrives. */

export type TimestampFormat = "24hour" | "24hour-start" | "24hour-delta" | "iso8601" | "epoch" | "virtual";

export const TIMESTAMP_FORMATS: readonly TimestampFormat[] = [
  "24hour",
  "24hour-start",
  "24hour-delta",
  "iso8601",
  "epoch",
  "virtual",
];

const LF = 0x0a;
const pad = (value: number, width: number): string => String(Math.floor(value)).padStart(width, "0");

const durationText = (ms: number): string =>
  `${pad(ms / 3_600_000, 2)}:${pad((ms / 60_000) % 60, 2)}:${pad((ms / 1_000) % 60, 2)}.${pad(ms % 1_000, 3)}`;

function clockText(date: Date): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part, 2)).join(":");
  return `${time}.${pad(date.getMilliseconds(), 3)}`;
}

export class Timestamps {
  format: TimestampFormat | undefined;
  /** Of the guest, where the other end is ours and says it. */
  virtualNs: number | undefined;
  private readonly nowMs: () => number;
  private readonly startMs: number;
  private lastMs: number;
  private isAtStart = true;

  constructor(format: TimestampFormat | undefined, nowMs: () => number) {
    this.format = format;
    this.nowMs = nowMs;
    this.startMs = nowMs();
    this.lastMs = this.startMs;
  }

  /** `data` with a time in front of each line that begins in it. */
  mark(data: Uint8Array): Uint8Array {
    const { format } = this;
    if (format === undefined) {
      if (data.length > 0) this.isAtStart = data[data.length - 1] === LF;
      return data;
    }
    const parts: Uint8Array[] = [];
    let from = 0;
    while (from < data.length) {
      if (this.isAtStart) parts.push(Buffer.from(`[${this.text(format)}] `));
      const end = data.indexOf(LF, from);
      const to = end < 0 ? data.length : end + 1;
      parts.push(data.subarray(from, to));
      this.isAtStart = end >= 0;
      from = to;
    }
    return Buffer.concat(parts);
  }

  private text(format: TimestampFormat): string {
    const nowMs = this.nowMs();
    const deltaMs = nowMs - this.lastMs;
    this.lastMs = nowMs;
    switch (format) {
      case "24hour":
        return clockText(new Date(nowMs));
      case "24hour-start":
        return durationText(nowMs - this.startMs);
      case "24hour-delta":
        return durationText(deltaMs);
      case "iso8601":
        return new Date(nowMs).toISOString();
      case "epoch":
        return (nowMs / 1_000).toFixed(3);
      case "virtual":
        // As the kernel writes it; what was kept from before we came has none.
        return (this.virtualNs === undefined ? "?" : (this.virtualNs / 1e9).toFixed(6)).padStart(12);
    }
  }
}
