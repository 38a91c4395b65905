/** What stands behind a virtio transport; virtio 1.2 section 2. */
import type { Stateful } from "../base/index.ts";
import type { VirtioRequest } from "./virtio-queue.ts";

export interface VirtioDevice extends Stateful {
  /** Virtio 1.2 section 5: 2 is a block device, 4 an entropy source, 0 an empty slot. */
  readonly deviceId: number;
  /** Device-specific feature bits 0 .. 31; the transport adds its own in the upper word. */
  readonly features: number;
  readonly queueCount: number;
  /** The device-specific configuration space; bytes behind its end read as zero. */
  config(): Uint8Array;
  /** The driver wrote zero to the status register, or the machine was reset. */
  reset(): void;
  /**
   * Does one request at once and answers how many bytes it wrote; `undefined` when the request itself is malformed
   * or points outside RAM, which puts the transport into DEVICE_NEEDS_RESET.
   */
  handle(queueIndex: number, request: VirtioRequest): number | undefined;
}

/** The placeholder of an unused transport: a driver finds device ID 0 and leaves. */
export const emptyVirtioDevice: VirtioDevice = {
  deviceId: 0,
  features: 0,
  queueCount: 0,
  config: () => new Uint8Array(0),
  reset: () => {},
  handle: () => undefined,
  save: () => ({}),
  restore: () => {},
};
