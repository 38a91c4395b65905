/** Reading the `options` a profile gives a device. */
import type { DeviceContext } from "../device/index.ts";
import { optionInvalid } from "./errors.ts";

/** A whole number from `low` to `high`, or `fallback` where the profile says nothing. */
export function numberOption(
  context: DeviceContext,
  option: string,
  { fallback, low = 0, high = 0xffffffff }: { fallback: number; low?: number; high?: number },
): number {
  const value = context.options[option];
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high)
    throw optionInvalid(context.name, option, `a whole number from ${low} to ${high}`, value);
  return value;
}

/** The rate of a device's clock input; anything that fits the exact arithmetic of `TickRate`. */
export const clockOption = (context: DeviceContext, fallback: number): number =>
  numberOption(context, "clockHz", { fallback, low: 1, high: 1_000_000_000 });
