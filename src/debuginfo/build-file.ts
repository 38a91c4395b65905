/** What a file that comes from a kernel's build, or describes it, says: its version line, symbols and structures. */
import { latin1 } from "../base/index.ts";
import { isBtf, readBtf } from "./btf.ts";
import { isElf } from "./elf.ts";
import { debugInfoInvalid, symbolsUnknown } from "./errors.ts";
import { readIsf } from "./isf.ts";
import type { BuildFacts, BuildFile } from "./structure.ts";
import { isSystemMap, readSystemMap } from "./system-map.ts";
import { isVmcoreinfo, parseVmcoreinfo } from "./vmcoreinfo.ts";
import { readVmlinux } from "./vmlinux.ts";

const HEAD_BYTES = 4096;
/** Of a System.map or VMCOREINFO; one of a million symbols is not longer. */
const MAX_TEXT_BYTES = 64 << 20;

function textOf(bytes: Uint8Array, format: string): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    throw debugInfoInvalid(format, `at most ${MAX_TEXT_BYTES >>> 20} MiB`, `${bytes.length} bytes`);
  }
  return latin1(bytes);
}

function factsOf(bytes: Uint8Array, wanted: ReadonlySet<string>): BuildFacts {
  if (isElf(bytes)) return readVmlinux(bytes, wanted);
  if (isBtf(bytes)) return { kind: "BTF", symbols: [], structures: readBtf(bytes, wanted) };
  const head = latin1(bytes.subarray(0, HEAD_BYTES));
  if (/^\s*\{/.test(head)) return readIsf(bytes, wanted);
  if (isVmcoreinfo(head)) return parseVmcoreinfo(textOf(bytes, "VMCOREINFO"));
  if (isSystemMap(head)) {
    return { kind: "System.map", symbols: readSystemMap(textOf(bytes, "System.map")), structures: new Map() };
  }
  throw symbolsUnknown(bytes);
}

/**
 * Reads a file by its content, whatever its name; `wanted` are the structures that are looked for. Throws `HvError`
 * `symbols-unknown` when it is none of the formats, and `elf-invalid`, `debug-info-invalid` or `system-map-invalid` when it
 * is damaged.
 */
export const readBuildFile = (name: string, bytes: Uint8Array, wanted: ReadonlySet<string>): BuildFile => ({
  name,
  ...factsOf(bytes, wanted),
});
