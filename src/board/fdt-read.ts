/** Reads a flattened device tree, version 17 (Devicetree Specification 0.4, chapter 5). The file is not trusted. */
import { ByteReader, HvError, hexAddress } from "../base/index.ts";
import { fdtInvalid, fdtTruncated } from "./errors.ts";
import { type DeviceTree, type FdtNode, type FdtReservation, fdtNode } from "./fdt-tree.ts";

export const FDT_MAGIC = 0xd00dfeed;
export const FDT_HEADER_BYTES = 40;
export const FDT_VERSION = 17;
export const FDT_LAST_COMPATIBLE_VERSION = 16;
export const FdtToken = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 } as const;

/** Linux takes no larger tree (MAX_FDT_SIZE). */
export const MAX_FDT_BYTES = 2 * 2 ** 20;
const MAX_DEPTH = 64;
const MAX_RESERVATIONS = 1024;

interface Header {
  totalSizeBytes: number;
  structureOffset: number;
  structureBytes: number;
  stringsOffset: number;
  stringsBytes: number;
  reservationsOffset: number;
  bootCpuId: number;
}

function foundInstead(data: Uint8Array): string {
  if (data.length === 0) return "an empty file";
  const start = Buffer.from(data.subarray(0, 8));
  const text = start.toString("latin1");
  if (text.startsWith("/dts-v1/")) return "device tree source text (.dts)";
  if (data.length < 4) return `a file of ${data.length} bytes`;
  return `0x${start.subarray(0, 4).toString("hex")} as its first bytes`;
}

/** The section [offset, offset + sizeBytes) lies inside the tree. */
function checkSection(what: string, offset: number, sizeBytes: number, totalSizeBytes: number): void {
  if (offset < FDT_HEADER_BYTES || offset + sizeBytes > totalSizeBytes || (offset % 4 !== 0 && what !== "strings")) {
    throw fdtInvalid(
      `the ${what} block inside its ${totalSizeBytes} bytes`,
      `${sizeBytes} bytes at offset ${hexAddress(offset)}`,
    );
  }
}

function readHeader(data: Uint8Array): Header {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 4 || view.getUint32(0) !== FDT_MAGIC)
    throw fdtInvalid("0xd00dfeed as its first bytes", foundInstead(data));
  if (data.length < FDT_HEADER_BYTES) throw fdtTruncated(FDT_HEADER_BYTES, data.length);
  const word = (index: number): number => view.getUint32(index * 4);
  const totalSizeBytes = word(1);
  if (totalSizeBytes > MAX_FDT_BYTES)
    throw fdtInvalid(`at most ${MAX_FDT_BYTES} bytes`, `${totalSizeBytes} in its header`);
  if (totalSizeBytes > data.length) throw fdtTruncated(totalSizeBytes, data.length);
  if (word(5) < FDT_VERSION || word(6) > FDT_VERSION) {
    throw fdtInvalid(
      `a format that version ${FDT_VERSION} readers know`,
      `version ${word(5)}, compatible back to ${word(6)}`,
    );
  }
  const header = {
    totalSizeBytes,
    structureOffset: word(2),
    stringsOffset: word(3),
    reservationsOffset: word(4),
    bootCpuId: word(7),
    stringsBytes: word(8),
    structureBytes: word(9),
  };
  checkSection("structure", header.structureOffset, header.structureBytes, totalSizeBytes);
  checkSection("strings", header.stringsOffset, header.stringsBytes, totalSizeBytes);
  checkSection("reservation", header.reservationsOffset, 16, totalSizeBytes);
  return header;
}

function readReservations(data: Uint8Array, { reservationsOffset, totalSizeBytes }: Header): FdtReservation[] {
  const view = new DataView(data.buffer, data.byteOffset, totalSizeBytes);
  const reservations: FdtReservation[] = [];
  for (let at = reservationsOffset; at + 16 <= totalSizeBytes; at += 16) {
    const reservation = { address: view.getBigUint64(at), sizeBytes: view.getBigUint64(at + 8) };
    if (reservation.address === 0n && reservation.sizeBytes === 0n) return reservations;
    if (reservations.length === MAX_RESERVATIONS) break;
    reservations.push(reservation);
  }
  throw fdtInvalid(`a memory reservation block with an end and at most ${MAX_RESERVATIONS} entries`, "no end");
}

/** The structure block as a tree; bounded by its size, since each token takes at least four bytes of it. */
function readStructure(structure: ByteReader, strings: Uint8Array): FdtNode {
  const open: FdtNode[] = [];
  let root: FdtNode | undefined;
  for (;;) {
    const at = structure.offset;
    const token = structure.u32();
    const current = open.at(-1);
    if (token === FdtToken.nop) continue;
    if (token === FdtToken.beginNode) {
      const node = fdtNode(structure.cString());
      structure.align(4);
      if (open.length >= MAX_DEPTH) throw fdtInvalid(`nodes at most ${MAX_DEPTH} deep`, `a deeper one, ${node.name}`);
      if (current === undefined && root !== undefined)
        throw fdtInvalid("one root node", `a second one at ${hexAddress(at)}`);
      if (current === undefined) root = node;
      else current.children.push(node);
      open.push(node);
    } else if (token === FdtToken.endNode && current !== undefined) {
      open.pop();
    } else if (token === FdtToken.property && current !== undefined) {
      readProperty(structure, strings, current);
    } else if (token === FdtToken.end && root !== undefined && open.length === 0) {
      return root;
    } else {
      throw fdtInvalid(
        "a node, a property or an end in its place",
        `token ${hexAddress(token)} at ${hexAddress(at)} of the structure block`,
      );
    }
  }
}

function readProperty(structure: ByteReader, strings: Uint8Array, node: FdtNode): void {
  const sizeBytes = structure.u32();
  const nameOffset = structure.u32();
  const value = structure.bytes(sizeBytes);
  structure.align(4);
  const end = strings.indexOf(0, nameOffset);
  if (nameOffset >= strings.length || end < 0) {
    throw fdtInvalid(
      `property names inside the strings block of ${strings.length} bytes`,
      `one at offset ${nameOffset} in node "${node.name}"`,
    );
  }
  node.properties.set(Buffer.from(strings.subarray(nameOffset, end)).toString("latin1"), value.slice());
}

/** Whether `data` begins as a flattened device tree does. */
export const isFdt = (data: Uint8Array): boolean =>
  data.length >= 4 && new DataView(data.buffer, data.byteOffset, 4).getUint32(0) === FDT_MAGIC;

/** The tree in `data`; bytes behind its end are ignored. Throws `fdt-invalid` or `fdt-truncated`. */
export function readFdt(data: Uint8Array): DeviceTree {
  const header = readHeader(data);
  const { structureOffset, structureBytes, stringsOffset, stringsBytes } = header;
  const structure = data.subarray(structureOffset, structureOffset + structureBytes);
  const strings = data.subarray(stringsOffset, stringsOffset + stringsBytes);
  try {
    const root = readStructure(new ByteReader(structure, "device tree structure", { littleEndian: false }), strings);
    return { root, reservations: readReservations(data, header), bootCpuId: header.bootCpuId };
  } catch (error) {
    if (!(error instanceof HvError) || error.code !== "data-truncated") throw error;
    throw fdtInvalid("every node and property to end inside the structure block", error.message);
  }
}
