/** A guest's initial root file system: unpacked on the host, and checked to be whole (cpio: kernel `driver-api/early-userspace/buffer-format.rst`). */
import { alignUp } from "../base/index.ts";
import { initrdInvalid, initrdTruncated, UnpackError } from "./errors.ts";
import { formatOf, type Unpacked } from "./unpack.ts";

const CPIO_HEADER_BYTES = 110;
const CPIO_TRAILER = "TRAILER!!!";

/** Disk images that the kernel's RAM disk takes, by a magic number in them (`init/do_mounts_rd.c`). */
const diskImages: readonly { name: string; at: number; magic: readonly number[] }[] = [
  { name: "ext2", at: 0x438, magic: [0x53, 0xef] },
  { name: "cramfs", at: 0, magic: [0x45, 0x3d, 0xcd, 0x28] },
  { name: "squashfs", at: 0, magic: [0x68, 0x73, 0x71, 0x73] },
  { name: "romfs", at: 0, magic: [0x2d, 0x72, 0x6f, 0x6d, 0x31, 0x66, 0x73, 0x2d] },
  { name: "minix", at: 0x410, magic: [0x7f, 0x13] },
];

const text = (data: Uint8Array, at: number, sizeBytes: number): string =>
  Buffer.from(data.subarray(at, at + sizeBytes)).toString("latin1");

const isCpio = (data: Uint8Array): boolean => ["070701", "070702"].includes(text(data, 0, 6));

/** Walks a newc archive to its trailer; each step goes forward by at least a header, so it ends. */
function checkCpio(data: Uint8Array): void {
  let at = 0;
  for (let entries = 0; ; entries++) {
    const where = `entry ${entries} at offset ${at}`;
    if (at + CPIO_HEADER_BYTES > data.length)
      throw initrdTruncated(
        `a cpio archive that ends with ${CPIO_TRAILER}`,
        `the end of the file at ${data.length} bytes, after ${entries} entries`,
      );
    if (!isCpio(data.subarray(at, at + 6)))
      throw initrdInvalid(`the cpio header of ${where}`, `"${text(data, at, 6).replace(/[^ -~]/g, ".")}"`);
    const field = (index: number): number => Number.parseInt(text(data, at + 6 + index * 8, 8), 16);
    const [fileBytes, nameBytes] = [field(6), field(11)];
    if (Number.isNaN(fileBytes) || Number.isNaN(nameBytes))
      throw initrdInvalid(`hexadecimal sizes in ${where}`, `"${text(data, at + 6, 104)}"`);
    const contentAt = alignUp(at + CPIO_HEADER_BYTES + nameBytes, 4);
    const next = contentAt + alignUp(fileBytes, 4);
    if (contentAt + fileBytes > data.length)
      throw initrdTruncated(`${fileBytes} bytes for ${where}`, `the end of the file at ${data.length}`);
    if (text(data, at + CPIO_HEADER_BYTES, nameBytes - 1) === CPIO_TRAILER) return;
    at = next;
  }
}

/** Throws unless the kernel can make something of the unpacked content; says what it is. */
function checkContent(data: Uint8Array): string {
  if (isCpio(data)) {
    checkCpio(data);
    return "cpio";
  }
  const disk = diskImages.find(({ at, magic }) => magic.every((byte, index) => data[at + index] === byte));
  if (disk !== undefined) return `${disk.name} image`;
  const start = text(data, 0, 16).replace(/[^ -~]/g, ".");
  throw initrdInvalid(
    "a cpio archive (newc) or a disk image",
    data.length === 0 ? "an empty file" : `"${start}" at its start`,
  );
}

export interface PreparedInitrd {
  content: Uint8Array;
  /** What was done, for the log. */
  note: string;
}

const isZero = (data: Uint8Array): boolean => data.every((byte) => byte === 0);

/**
 * The initrd as it goes to guest memory: unpacked, unless `faithful` or unless only the guest can.
 *
 * @param limitBytes the most that may come out of it
 */
export function prepareInitrd(data: Uint8Array, limitBytes: number, faithful: boolean): PreparedInitrd {
  const format = formatOf(data);
  if (format === undefined) return { content: data, note: `initrd: ${checkContent(data)}, ${data.length} bytes` };
  const asIs = (why: string): PreparedInitrd => ({
    content: data,
    note: `initrd: ${format.name}, ${data.length} bytes, ${why}`,
  });
  if (format.unpack === undefined) return asIs("left to the guest to unpack");
  let unpacked: Unpacked;
  try {
    unpacked = format.unpack(data, limitBytes);
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    if (error.isTruncated)
      throw initrdTruncated(`a whole ${format.name} stream`, `${error.message} after ${data.length} bytes`);
    throw initrdInvalid(`${format.name} data that unpacks to at most ${limitBytes} bytes`, error.message);
  }
  // Archives may follow one another, each packed its own way; the kernel then does it all.
  if (!isZero(data.subarray(unpacked.consumedBytes))) return asIs("more than one archive, left to the guest to unpack");
  const kind = checkContent(unpacked.content);
  if (faithful) return asIs(`a ${kind} that the guest unpacks`);
  return {
    content: unpacked.content,
    note: `initrd: ${kind}, unpacked from ${format.name}, ${unpacked.content.length} bytes`,
  };
}
