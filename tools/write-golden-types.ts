/**
 * Writes test/golden/types/NAME.json: where a kernel's own debug information says the fields of `ids types` are.
 *
 *   npx tsx tools/write-golden-types.ts NAME VMLINUX "RELEASE" "SOURCE"
 *
 * RELEASE is what `uname -rv` prints in the guest, SOURCE tells a reader where VMLINUX, an ELF file with DWARF, came from.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { ElfFile, readDwarf } from "../src/debuginfo/index.ts";
import { offsetInBuild, structuresOfFields } from "../src/linux/build-layout.ts";
import { FIELDS } from "../src/linux/index.ts";

const [name, vmlinux, release, source] = process.argv.slice(2);
if (source === undefined) throw new Error("expected NAME VMLINUX RELEASE SOURCE");
const structures = readDwarf(new ElfFile(readFileSync(vmlinux)), structuresOfFields());
const offsets = FIELDS.flatMap((field) => {
  const offset = offsetInBuild(field, structures);
  return offset === undefined ? [] : [[field, offset]];
});
const golden = { release, source, offsets: Object.fromEntries(offsets) };
writeFileSync(`test/golden/types/${name}.json`, `${JSON.stringify(golden, undefined, 2)}\n`);
process.stdout.write(`${offsets.length} of ${FIELDS.length} fields\n`);
