/** Writes a flattened device tree, version 17 (Devicetree Specification 0.4, chapter 5). */
import { ByteWriter } from "../base/index.ts";
import { FDT_HEADER_BYTES, FDT_LAST_COMPATIBLE_VERSION, FDT_MAGIC, FDT_VERSION, FdtToken } from "./fdt-read.ts";
import type { DeviceTree, FdtNode } from "./fdt-tree.ts";

/** Property names, each stored once; a name may be the tail of another. */
class StringTable {
  private text = "";

  offsetOf(name: string): number {
    const entry = `${name}\0`;
    const found = this.text.indexOf(entry);
    if (found >= 0) return found;
    this.text += entry;
    return this.text.length - entry.length;
  }

  bytes(): Uint8Array {
    return Buffer.from(this.text, "latin1");
  }
}

function writeNode(out: ByteWriter, strings: StringTable, node: FdtNode): void {
  out
    .u32(FdtToken.beginNode)
    .bytes(Buffer.from(`${node.name}\0`, "latin1"))
    .align(4);
  for (const [name, value] of node.properties) {
    out.u32(FdtToken.property).u32(value.length).u32(strings.offsetOf(name)).bytes(value).align(4);
  }
  for (const child of node.children) writeNode(out, strings, child);
  out.u32(FdtToken.endNode);
}

/** The bytes of `tree`: header, reservations, structure, strings, without space between. */
export function writeFdt({ root, reservations, bootCpuId }: DeviceTree): Uint8Array {
  const strings = new StringTable();
  const structure = new ByteWriter({ littleEndian: false });
  writeNode(structure, strings, root);
  structure.u32(FdtToken.end);
  const stringBytes = strings.bytes();
  const structureOffset = FDT_HEADER_BYTES + (reservations.length + 1) * 16;
  const stringsOffset = structureOffset + structure.length;

  const out = new ByteWriter({ littleEndian: false });
  out.u32(FDT_MAGIC).u32(stringsOffset + stringBytes.length);
  out.u32(structureOffset).u32(stringsOffset).u32(FDT_HEADER_BYTES);
  out.u32(FDT_VERSION).u32(FDT_LAST_COMPATIBLE_VERSION).u32(bootCpuId);
  out.u32(stringBytes.length).u32(structure.length);
  for (const { address, sizeBytes } of reservations) writeU64(writeU64(out, address), sizeBytes);
  out.u32(0).u32(0).u32(0).u32(0);
  return out.bytes(structure.finish()).bytes(stringBytes).finish();
}

const writeU64 = (out: ByteWriter, value: bigint): ByteWriter =>
  out.u32(Number(value >> 32n)).u32(Number(value & 0xffff_ffffn));
