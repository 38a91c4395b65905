/** `--symbols FILE` and `--no-symbols`: what is known of the guest's kernel beside its memory. */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { HvError } from "../base/index.ts";
import { formatOf } from "../board/index.ts";
import type { KernelKnowledge } from "../commands/index.ts";
import type { BuildFile } from "../linux/index.ts";
import { readSymbolFile } from "../linux/index.ts";
import { symbolsPacked, symbolsUnreadable } from "./errors.ts";
import type { SymbolsOption } from "./symbols-flag.ts";

/** Of a file, packed or not: a vmlinux with everything built in has a third of it. */
const MAX_FILE_BYTES = 1 << 30;

function contentOf(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES)
      throw symbolsUnreadable(path, `it has ${size} bytes, at most ${MAX_FILE_BYTES} are read`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof HvError) throw error;
    throw symbolsUnreadable(path, error);
  }
}

/** Unpacks what is packed as a whole, such as Volatility's tables: gzip, xz, zstd, lzma, lz4. */
function unpacked(path: string, bytes: Uint8Array): Uint8Array {
  const format = formatOf(bytes);
  if (format === undefined) return bytes;
  if (format.unpack === undefined) throw symbolsPacked(path, format.name, "a format that is not unpacked here");
  try {
    return format.unpack(bytes, MAX_FILE_BYTES).content;
  } catch (error) {
    throw symbolsPacked(path, format.name, error instanceof Error ? error.message : String(error));
  }
}

/** Names the file in what is wrong with it. */
function readOne(path: string): BuildFile {
  try {
    return readSymbolFile(basename(path), unpacked(path, contentOf(path)));
  } catch (error) {
    if (!(error instanceof HvError) || error.message.includes(path)) throw error;
    const { code, message, hint, facts, exitCode } = error;
    throw new HvError({
      code,
      message: `${path}: ${message}`,
      hint,
      facts: { ...facts, path },
      exitCode,
      cause: error,
    });
  }
}

/** Throws `symbols-unreadable`, `symbols-packed`, `symbols-unknown` and what is wrong inside a file. */
export const kernelKnowledge = (symbols: SymbolsOption): KernelKnowledge => ({
  files: (symbols || []).map(readOne),
  isMemoryAlone: symbols === false,
});
