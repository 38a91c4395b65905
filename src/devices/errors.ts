/** The errors of device models: one function per code. */
import { HvError } from "../base/index.ts";

/** `restore` was given something that `save` of the same model never gives. */
export function stateInvalid(device: string, field: string, expected: string, found: unknown): HvError {
  return new HvError({
    code: "state-invalid",
    message: `${device}: expected the saved ${field} to be ${expected}, found ${describe(found)}`,
    hint: "The state belongs to another device model or to another version of this program.",
    facts: { device, field, expected },
  });
}

/** An option of a device in the profile has the wrong form. */
export function optionInvalid(device: string, option: string, expected: string, found: unknown): HvError {
  return new HvError({
    code: "device-option-invalid",
    message: `${device}: expected option ${option} to be ${expected}, found ${describe(found)}`,
    hint: `Correct options.${option} of the device in the board profile.`,
    facts: { device, option, expected },
  });
}

/** A disk image cannot be the content of an SD card, whose size is told in steps. */
export function cardSizeInvalid(device: string, sizeBytes: number, nextSizeBytes: number): HvError {
  return new HvError({
    code: "sd-card-size",
    message: `${device}: expected an image of a size that an SD card can have, such as a multiple of 512 KiB, found ${sizeBytes} bytes`,
    hint: `Make the image larger: truncate -s ${nextSizeBytes} FILE`,
    facts: { device, sizeBytes, nextSizeBytes },
  });
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `"${value}"`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
