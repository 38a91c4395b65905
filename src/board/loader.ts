/**
 * Prepares a boot: which bytes go where in guest memory, and the registers the kernel starts with.
 *
 * Unpacking on the host saves half of the instructions of a boot; `faithful` leaves everything to the guest.
 */

import { bootRam, layOut, UNKNOWN_BSS_BYTES } from "./boot-layout.ts";
import { patchBootTree, type Range, setChosen } from "./boot-tree.ts";
import { commandLineInvalid, imageTooLarge } from "./errors.ts";
import { applyOverlay } from "./fdt-overlay.ts";
import { readFdt } from "./fdt-read.ts";
import { writeFdt } from "./fdt-write.ts";
import { prepareInitrd } from "./initrd.ts";
import {
  formatOfContent,
  identifyKernel,
  type RawImage,
  type UnpackedKernel,
  unpackKernel,
  type ZImage,
} from "./kernel-image.ts";
import type { Profile } from "./profile-schema.ts";

export interface BootOptions {
  profile: Profile;
  kernel: Uint8Array;
  /** What may be in `kernel`, a zImage; it is used when its checksum says that it is, and saves unpacking. */
  unpackedKernel?: Uint8Array;
  deviceTree: Uint8Array;
  initrd?: Uint8Array;
  /** Merged into the device tree, in this order. */
  overlays?: readonly Uint8Array[];
  /** Instead of the profile's. */
  commandLine?: string;
  /** The zImage and the initrd unpack themselves in the guest, and the kernel calibrates its own delay loop. */
  faithful?: boolean;
  /** Instead of the profile's. */
  nsPerInstruction?: number;
}

/** Bytes for guest-physical memory. */
export interface Segment {
  name: string;
  address: number;
  data: Uint8Array;
}

export interface BootPlan {
  segments: Segment[];
  /** SVC mode, ARM state, MMU off, IRQ and FIQ masked (kernel `arch/arm/booting.rst`). */
  entry: { pc: number; r0: number; r1: number; r2: number };
  /** As the kernel gets it. */
  commandLine: string;
  /** What was done and what could not be, a line each. */
  notes: string[];
}

/** COMMAND_LINE_SIZE of ARM, with its NUL. */
const MAX_COMMAND_LINE = 1024;
/** `__loop_delay` counts down with two instructions, SUBS and BHI (`arch/arm/lib/delay-loop.S`). */
const DELAY_LOOP_INSTRUCTIONS = 2;

/** Loops of the kernel's delay loop in one jiffy, which it would otherwise measure for many jiffies at boot. */
export const loopsPerJiffy = (nsPerInstruction: number, kernelHz: number): number =>
  Math.floor(1e9 / kernelHz / (DELAY_LOOP_INSTRUCTIONS * nsPerInstruction));

function commandLineOf(options: BootOptions): string {
  const { profile, faithful = false, nsPerInstruction = profile.cpu.nsPerInstruction } = options;
  const given = options.commandLine ?? profile.boot.commandLine;
  const hasLpj = /(?:^|\s)lpj=/.test(given);
  // Words behind "--" are for init, so the kernel's own go before it.
  const [, kernelWords, initWords] = /^(.*?)(\s--(?:\s.*)?)?$/s.exec(given) ?? ["", given];
  const lpj = faithful || hasLpj ? "" : ` lpj=${loopsPerJiffy(nsPerInstruction, profile.boot.kernelHz)}`;
  const commandLine = `${kernelWords}${lpj}${initWords ?? ""}`.trim();
  if (/[^ -~\t]/.test(commandLine)) throw commandLineInvalid("printable ASCII characters", "others");
  if (commandLine.length >= MAX_COMMAND_LINE) {
    throw commandLineInvalid(`at most ${MAX_COMMAND_LINE - 1} characters, lpj= included`, `${commandLine.length}`);
  }
  return commandLine;
}

interface PreparedKernel {
  data: Uint8Array;
  /** `data` is a zImage that unpacks itself. */
  isPacked: boolean;
  /** The running kernel's size with bss. */
  runtimeBytes: number;
  note: string;
}

function prepareKernel(kernel: ZImage | RawImage, ram: Range, options: BootOptions): PreparedKernel {
  const { data } = kernel;
  const { unpackedKernel, faithful = false } = options;
  const address = options.profile.boot.kernelAddress;
  if (kernel.kind === "Image") {
    return {
      data,
      isPacked: false,
      runtimeBytes: data.length + UNKNOWN_BSS_BYTES,
      note: `kernel: Image, ${data.length} bytes`,
    };
  }
  const { inner } = kernel;
  const availableBytes = ram.address + ram.sizeBytes - address;
  const runtimeBytes = (inner?.sizeBytes ?? data.length * 4) + (inner?.bssBytes ?? UNKNOWN_BSS_BYTES);
  if (inner !== undefined && runtimeBytes > availableBytes) {
    throw imageTooLarge({
      what: "kernel",
      address,
      sizeBytes: runtimeBytes,
      limit: "the end of guest RAM",
      availableBytes,
    });
  }
  const asItIs = (why: string): PreparedKernel => ({
    data,
    isPacked: true,
    runtimeBytes,
    note: `kernel: zImage, ${data.length} bytes, ${why}`,
  });
  if (faithful) return asItIs("unpacks itself");
  const known = unpackedKernel === undefined ? undefined : formatOfContent(kernel, unpackedKernel);
  const unpacked: UnpackedKernel | undefined =
    known === undefined || unpackedKernel === undefined
      ? unpackKernel(kernel, availableBytes)
      : { image: unpackedKernel, format: known };
  if (unpacked === undefined) return asItIs("packed in a way only itself can unpack");
  const { image, format } = unpacked;
  return {
    data: image,
    isPacked: false,
    runtimeBytes: image.length + (inner?.bssBytes ?? UNKNOWN_BSS_BYTES),
    note: `kernel: zImage, unpacked from ${format}, ${image.length} bytes`,
  };
}

/** The RAM that the kernel is told of. */
function kernelMemory({ regions, boot }: Profile): Range[] {
  let leftBytes = boot.memorySizeBytes ?? Number.POSITIVE_INFINITY;
  return regions
    .filter(({ type }) => type.endsWith("ram"))
    .map(({ address, sizeBytes }) => {
      const ownBytes = Math.min(sizeBytes, leftBytes);
      leftBytes -= ownBytes;
      return { address, sizeBytes: ownBytes };
    })
    .filter(({ sizeBytes }) => sizeBytes > 0);
}

/** Plans the boot of one guest; throws an error that names the image and what is wrong with it. */
export function prepareBoot(options: BootOptions): BootPlan {
  const { profile, faithful = false } = options;
  const { kernelAddress, initrdAddress, deviceTreeAddress, machineId } = profile.boot;
  const memory = kernelMemory(profile);
  const ram = bootRam(memory, kernelAddress);
  const commandLine = commandLineOf(options);
  const kernel = prepareKernel(identifyKernel(options.kernel), ram, options);
  const initrd = options.initrd === undefined ? undefined : prepareInitrd(options.initrd, ram.sizeBytes, faithful);

  const initrdBytes = initrd?.content.length;
  // The tree's size does not depend on the addresses in it, so a first writing with none gives it.
  const noRange = initrdBytes === undefined ? undefined : { address: 0, sizeBytes: 0 };
  const tree = readFdt(options.deviceTree);
  for (const overlay of options.overlays ?? []) applyOverlay(tree, readFdt(overlay));
  const treeNotes = patchBootTree(tree, { profile, memory, commandLine, initrd: noRange });
  const layout = layOut({
    ram,
    kernel: { address: kernelAddress, sizeBytes: kernel.runtimeBytes },
    initrdBytes,
    deviceTreeBytes: writeFdt(tree).length,
    zImageBytes: kernel.isPacked ? kernel.data.length : undefined,
    initrdAddress,
    deviceTreeAddress,
  });
  setChosen(tree.root, commandLine, layout.initrd);
  const pc = layout.zImage?.address ?? kernelAddress;
  const segments: Segment[] = [
    { name: "kernel", address: pc, data: kernel.data },
    { name: "device tree", address: layout.deviceTree.address, data: writeFdt(tree) },
  ];
  if (initrd !== undefined && layout.initrd !== undefined) {
    segments.push({ name: "initrd", address: layout.initrd.address, data: initrd.content });
  }
  return {
    segments,
    entry: { pc, r0: 0, r1: machineId, r2: layout.deviceTree.address },
    commandLine,
    notes: [kernel.note, ...(initrd === undefined ? [] : [initrd.note]), ...treeNotes],
  };
}
