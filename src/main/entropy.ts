/** Random bytes for the guest: the host's with a real clock, repeatable ones with virtual time. */
import { createHash, randomFillSync } from "node:crypto";
import type { EntropyBackend } from "../device/index.ts";

export const hostEntropy: EntropyBackend = {
  fill: (target) => {
    randomFillSync(target);
  },
};

/**
 * Bytes that depend on the seed and the virtual time of the request alone, so that neither a second run nor a restored
 * snapshot sees others: nothing has to be saved.
 */
export class SeededEntropy implements EntropyBackend {
  /** Set when the machine exists, whose clock it is. */
  nowNs: () => number = () => 0;
  private readonly seed: string;
  private lastNs = -1;
  private requestsInThisInstant = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** The clock went back: what is asked for next is the first in its instant. */
  forget(): void {
    this.lastNs = -1;
  }

  fill(target: Uint8Array): void {
    const nowNs = this.nowNs();
    this.requestsInThisInstant = nowNs === this.lastNs ? this.requestsInThisInstant + 1 : 0;
    this.lastNs = nowNs;
    for (let at = 0, block = 0; at < target.length; at += 32, block++) {
      const text = `${this.seed}:${nowNs}:${this.requestsInThisInstant}:${block}`;
      const bytes = createHash("sha256").update(text).digest();
      target.set(bytes.subarray(0, Math.min(32, target.length - at)), at);
    }
  }
}
