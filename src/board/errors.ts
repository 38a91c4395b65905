/** Errors about boards, device trees and guest images, one function per code. */
import { ExitCode, HvError, nameHint } from "../base/index.ts";
import type { Position } from "./json-source.ts";

/** Something wrong in a profile, at a place in its file. */
export interface Finding extends Position {
  /** Stable, such as `profile-overlap`. */
  code: string;
  severity: "error" | "warning";
  message: string;
  hint?: string;
}

/** `file:line:column`, which editors and terminals make a link of. */
export const placeOf = (path: string, { line, column }: Position): string => `${path}:${line}:${column}`;

/** The first of a profile's findings as an error; the others are in `facts.findings`. */
export function profileFinding(path: string, findings: readonly Finding[]): HvError {
  const [first] = findings;
  const others = findings.length === 1 ? "" : ` (and ${findings.length - 1} more: komainu board lint ${path})`;
  return new HvError({
    code: first.code,
    message: `${placeOf(path, first)}: ${first.message}${others}`,
    hint: first.hint,
    facts: { path, findings },
  });
}

export function boardUnknown(name: string, known: readonly string[]): HvError {
  return new HvError({
    code: "board-unknown",
    message: `expected the name of a board or a profile file, found "${name}"`,
    hint: nameHint("boards", name, known),
    facts: { name, known },
  });
}

export function qemuMachineUnknown(board: string, known: readonly string[]): HvError {
  return new HvError({
    code: "qemu-machine-unknown",
    message: `${board}: expected a board of the kind of one of QEMU's machines (${known.join(", ")}), found none of their telling devices`,
    hint: "Boards of your own exist in Komainu alone.",
    facts: { board, known },
  });
}

export function profileUnreadable(path: string, cause: unknown): HvError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HvError({
    code: "profile-unreadable",
    message: `${path}: expected a readable board profile, found: ${reason}`,
    facts: { path },
    exitCode: ExitCode.environment,
    cause,
  });
}

export function imageMissing(what: string, path: string): HvError {
  return new HvError({
    code: "image-missing",
    message: `expected the guest's ${what} at ${path}, found no such file`,
    hint: "`komainu guest build BOARD` or `komainu guest fetch BOARD` makes the guest images; a profile may also name files of your own",
    facts: { what, path },
    exitCode: ExitCode.environment,
  });
}

export function imageUnreadable(what: string, path: string, cause: unknown): HvError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HvError({
    code: "image-unreadable",
    message: `expected the guest's ${what} at ${path} to be a readable file, found: ${reason}`,
    facts: { what, path },
    exitCode: ExitCode.environment,
    cause,
  });
}

export function kernelInvalid(found: string, hint?: string): HvError {
  return new HvError({
    code: "kernel-invalid",
    message: `kernel: expected an ARM Linux zImage or Image, found ${found}`,
    hint: hint ?? "give arch/arm/boot/zImage or arch/arm/boot/Image of a kernel build",
    facts: { found },
  });
}

export function kernelTruncated(expectedBytes: number, foundBytes: number): HvError {
  return new HvError({
    code: "kernel-truncated",
    message: `kernel: expected ${expectedBytes} bytes as the zImage header says, found ${foundBytes}`,
    hint: "the file was cut off; copy or build it again",
    facts: { expectedBytes, foundBytes },
  });
}

export function kernelDamaged(found: string): HvError {
  return new HvError({
    code: "kernel-damaged",
    message: `kernel: expected a compressed kernel inside the zImage, found ${found}`,
    hint: "copy or build the kernel again",
    facts: { found },
  });
}

export function initrdTruncated(expected: string, found: string): HvError {
  return new HvError({
    code: "initrd-truncated",
    message: `initrd: expected ${expected}, found ${found}`,
    hint: "the file was cut off; build it again (`komainu guest build BOARD` or `komainu guest fetch BOARD`)",
    facts: { expected, found },
  });
}

export function initrdInvalid(expected: string, found: string): HvError {
  return new HvError({
    code: "initrd-invalid",
    message: `initrd: expected ${expected}, found ${found}`,
    hint: "give a cpio archive in newc format, plain or compressed, or a disk image",
    facts: { expected, found },
  });
}

export interface SpaceShortage {
  what: string;
  address: number;
  sizeBytes: number;
  /** What limits it: `the end of guest RAM at 0x06000000`. */
  limit: string;
  availableBytes: number;
}

export function imageTooLarge({ what, address, sizeBytes, limit, availableBytes }: SpaceShortage): HvError {
  const at = `0x${address.toString(16).padStart(8, "0")}`;
  return new HvError({
    code: "image-too-large",
    message: `${what}: expected at most ${Math.max(0, availableBytes)} bytes between ${at} and ${limit}, found ${sizeBytes}`,
    hint: "give the guest more memory in the board profile, or a smaller image",
    facts: { what, address, sizeBytes, limit, availableBytes },
  });
}

export function imageOverlap(first: string, second: string): HvError {
  return new HvError({
    code: "image-overlap",
    message: `boot images: expected them apart in guest memory, found that ${first} overlaps ${second}`,
    hint: 'change the addresses under "boot" in the profile, or leave them out to have them chosen',
    facts: { first, second },
  });
}

export function commandLineInvalid(expected: string, found: string): HvError {
  return new HvError({
    code: "command-line-invalid",
    message: `kernel command line: expected ${expected}, found ${found}`,
    facts: { expected, found },
  });
}

export function fdtInvalid(expected: string, found: string): HvError {
  return new HvError({
    code: "fdt-invalid",
    message: `device tree: expected ${expected}, found ${found}`,
    hint: "give a compiled device tree (.dtb), as `dtc -I dts -O dtb` writes it",
    facts: { expected, found },
  });
}

export function overlayInvalid(expected: string, found: string): HvError {
  return new HvError({
    code: "overlay-invalid",
    message: `device tree overlay: expected ${expected}, found ${found}`,
    hint: "an overlay fits the tree it was made for; compile both with `dtc -@`, so that labels are kept",
    facts: { expected, found },
  });
}

export function fdtTruncated(expectedBytes: number, foundBytes: number): HvError {
  return new HvError({
    code: "fdt-truncated",
    message: `device tree: expected ${expectedBytes} bytes as its header says, found ${foundBytes}`,
    hint: "the file was cut off; copy or build it again",
    facts: { expectedBytes, foundBytes },
  });
}

/** A compressed stream that does not decode; the caller knows what it was part of. */
export class UnpackError extends Error {
  /** The input ended before the stream did. */
  readonly isTruncated: boolean;

  constructor(message: string, isTruncated = false) {
    super(message);
    this.isTruncated = isTruncated;
  }
}

/** The stream holds more than `limitBytes`. */
export class UnpackLimitError extends UnpackError {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`more than ${limitBytes} bytes of content`);
    this.limitBytes = limitBytes;
  }
}
