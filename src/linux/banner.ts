/** `linux_banner`, the string behind /proc/version (init/version.c), found by its text. */
import { latin1 } from "../base/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";

export const MAX_BANNER_BYTES = 1024;
/** "Linux version 6.1.176 (user@host) (compiler, linker) #1 SMP date\n"; groups are release and version. */
export const BANNER_PATTERN = /^Linux version (\d+\.\d+\S*) \([^)]+\) \(.+\) (#\d+ .*\S)\n$/;
const MAX_HITS = 256;

export interface BannerLocation {
  readonly address: number;
  readonly text: string;
}

/**
 * The banner's place and its text at the moment of the search. A build leaves other such lines behind (a weak
 * definition without a build number, early log text), so the one that says what `utsname` says is preferred.
 */
export function findBanner(image: KernelImage, utsname: Utsname | undefined): Fact<BannerLocation> {
  const running = utsname === undefined ? undefined : `${utsname.release} ${utsname.version}`;
  const found: BannerLocation[] = [];
  let hits = 0;
  for (const offset of image.find("Linux version ")) {
    if (++hits > MAX_HITS) break;
    const text = image.cString(offset, MAX_BANNER_BYTES);
    const parts = text === undefined ? null : BANNER_PATTERN.exec(text);
    if (text === undefined || parts === null) continue;
    const location = { address: image.startAddress + offset, text };
    if (`${parts[1]} ${parts[2]}` === running) return proved(location, "the line that agrees with init_uts_ns");
    found.push(location);
  }
  const [first] = found;
  if (first === undefined) {
    return unknown('no complete "Linux version ..." line is in the kernel\'s memory: not yet up, or truncated');
  }
  return found.every(({ text }) => text === first.text)
    ? likely(first, "the one complete version line in the kernel's memory")
    : likely(first, `the first of ${found.length} different version lines in the kernel's memory`);
}

/** `struct new_utsname` (include/uapi/linux/utsname.h). */
export interface Utsname {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

const UTS_FIELD_BYTES = 65;
/** `name` is the first member of `uts_namespace`, behind a reference count in kernels before 5.9. */
const UTS_NAME_OFFSETS = [0, 4];

/** The names at `init_uts_ns`, or `undefined` when no system name is there. */
export function readUtsname(space: AddressSpace, address: number): Utsname | undefined {
  for (const offset of UTS_NAME_OFFSETS) {
    const bytes = space.readBytes(address + offset, UTS_FIELD_BYTES * 5);
    if (bytes === undefined) return undefined;
    const [sysname, nodename, release, version, machine] = Array.from({ length: 5 }, (_, index) => {
      const field = bytes.subarray(index * UTS_FIELD_BYTES, (index + 1) * UTS_FIELD_BYTES);
      const end = field.indexOf(0);
      return latin1(end < 0 ? field : field.subarray(0, end));
    });
    if (sysname === "Linux") return { sysname, nodename, release, version, machine };
  }
  return undefined;
}
