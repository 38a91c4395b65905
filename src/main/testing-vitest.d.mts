import "vitest";
import type { PinLevel, TextPattern, WaitOptions } from "./testing.cjs";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> {
    /** The board's console prints it, after what was expected before, within the board's time-out. */
    toPrint(pattern: TextPattern, options?: WaitOptions): Promise<void>;
    /** The check of `ids` finds nothing. */
    toPassCheck(check: string): Promise<void>;
    /** The line exits with 0 at the guest's shell. */
    toRun(line: string, options?: WaitOptions): Promise<void>;
    toHavePin(pin: string, level: PinLevel): void;
  }
}
