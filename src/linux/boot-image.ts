/** The kernel's Image as the boot loader placed it: the reference for code and constants, which nobody in the guest wrote. */
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import { KernelImage } from "./kernel-image.ts";
import type { KernelMap, KernelSource } from "./kernel-map.ts";

/** A kernel is not smaller; anything less cannot hold its symbols. */
const MIN_IMAGE_BYTES = 0x1000;

export function openBootImage({ bootImage }: KernelSource, map: KernelMap): Fact<KernelImage> {
  if (bootImage === undefined) return unknown("only memory is looked at, not what was booted");
  const loaded = bootImage();
  if (loaded === undefined) return unknown("the boot loader was given an image that unpacks itself in the guest");
  const startAddress = map.pageOffset + (loaded.address - map.physOffset);
  if (startAddress !== map.textAddress || loaded.data.length < MIN_IMAGE_BYTES) {
    return unknown("the running kernel lies elsewhere than the one that was loaded");
  }
  // A copy of its own: the words must be aligned.
  const bytes = loaded.data.slice(0, loaded.data.length & ~3);
  return proved(new KernelImage(startAddress, bytes), `the Image that was loaded, ${bytes.length} bytes`);
}
