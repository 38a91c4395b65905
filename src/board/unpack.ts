/** Unpacks what a guest kernel would unpack itself: the formats of its build, told apart by their first bytes. */
import { decompress as decompressZstd } from "fzstd";
import { UnpackError, UnpackLimitError } from "./errors.ts";
import { decodeGzip } from "./gzip.ts";
import { decodeLz4Legacy } from "./lz4.ts";
import { decodeLzmaAlone, decodeXz } from "./xz.ts";

export interface Unpacked {
  content: Uint8Array;
  /** How many bytes of the input the stream took. */
  consumedBytes: number;
}

export type Unpacker = (data: Uint8Array, limitBytes: number) => Unpacked;

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  /** Undefined when only the guest can unpack it. */
  readonly unpack: Unpacker | undefined;
}

/** The library reads one run of frames and does not say where it ended, so the whole input counts as used. */
function unpackZstd(data: Uint8Array, limitBytes: number): Unpacked {
  let content: Uint8Array;
  try {
    content = decompressZstd(data);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UnpackError(`zstd data that does not unpack (${message})`, message === "unexpected EOF");
  }
  if (content.length > limitBytes) throw new UnpackLimitError(limitBytes);
  return { content, consumedBytes: data.length };
}

/** In the order in which a zImage is searched: the surest magic numbers first. */
export const formats: readonly Format[] = [
  { name: "gzip", magic: [0x1f, 0x8b, 0x08], unpack: decodeGzip },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: decodeXz },
  { name: "lz4", magic: [0x02, 0x21, 0x4c, 0x18], unpack: decodeLz4Legacy },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unpackZstd },
  { name: "lzo", magic: [0x89, 0x4c, 0x5a, 0x4f], unpack: undefined },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], unpack: undefined },
  { name: "lzma", magic: [0x5d, 0x00, 0x00], unpack: decodeLzmaAlone },
];

/** The format that `data` begins with. */
export const formatOf = (data: Uint8Array): Format | undefined =>
  formats.find(({ magic }) => magic.every((byte, index) => data[index] === byte));
