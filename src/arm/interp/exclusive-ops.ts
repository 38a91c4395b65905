/** The exclusive monitor of the interpreter. ARM ARM (DDI 0100I) A2.9; it is the local one, as one core has no other. */
import { EXCLUSIVE, EXCLUSIVE_ADDRESS } from "../core/index.ts";
import { SystemOps } from "./system-ops.ts";

export abstract class ExclusiveOps extends SystemOps {
  setExclusive(address: number): void {
    this.s[EXCLUSIVE] = 1;
    this.s[EXCLUSIVE_ADDRESS] = address;
  }

  clearExclusive(): void {
    this.s[EXCLUSIVE] = 0;
  }

  /** After an abort the watch goes on, so that the instruction can be tried again. */
  storeExclusive(address: number, sizeBytes: number, low: number, high: number): number {
    const { s } = this;
    const isWatched = s[EXCLUSIVE] !== 0 && s[EXCLUSIVE_ADDRESS] === address;
    if (isWatched) {
      this.storeSized(address, sizeBytes, low, high);
      if (this.abortFlag) return 1;
    }
    s[EXCLUSIVE] = 0;
    return isWatched ? 0 : 1;
  }

  private storeSized(address: number, sizeBytes: number, low: number, high: number): void {
    switch (sizeBytes) {
      case 1:
        this.store8(address, low);
        break;
      case 2:
        this.store16(address, low);
        break;
      case 4:
        this.store32(address, low);
        break;
      default:
        this.openBlock(address, 2, true, 8);
        if (this.abortFlag) return;
        this.blockStore(0, low);
        this.blockStore(1, high);
    }
  }
}
