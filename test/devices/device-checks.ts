/** Checks that every device model passes. */
import { expect } from "vitest";
import type { DeviceContext, MmioDevice } from "../../src/device/index.ts";

/** A word register, unsigned. */
export const readWord = (device: MmioDevice, offset: number): number => device.read(offset, 4) >>> 0;

/** The peripheral id the AMBA bus would read, as one number. */
export function ambaId(device: MmioDevice): number {
  const bytes = [0xfe0, 0xfe4, 0xfe8, 0xfec].map((offset) => readWord(device, offset));
  return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
}

/** A second device of the same model that goes on from the first one's state, through plain data as in a snapshot. */
export function restored<T extends MmioDevice>(
  device: T,
  context: DeviceContext,
  create: new (context: DeviceContext) => T,
): T {
  const state = structuredClone(device.save());
  const copy = new create(context);
  copy.reset();
  copy.restore(state);
  expect(copy.save()).toEqual(state);
  return copy;
}
