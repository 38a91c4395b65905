/** `memory`: host-physical RAM, dumped, changed, copied, and digests of it. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { hexAddress, Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { failed, number, ok, repeated } from "../shell/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

const LINE_BYTES = 16;
/** A dump longer than this is a mistake on a serial line. */
const MAX_DUMP_BYTES = 1 << 20;

type ItemSize = 1 | 2 | 4;

const outside = (address: number, sizeBytes: number): CommandResult =>
  failed(
    Status.range,
    `Error: expected host RAM at ${hexAddress(address)} for ${sizeBytes} bytes, found the end of a bank or no bank\n`,
  );

/** Runs `use` on `sizeBytes` of host RAM. */
function withBytes(
  { hv }: CommandContext,
  address: number,
  sizeBytes: number,
  use: (bytes: Uint8Array) => CommandResult,
): CommandResult {
  const bytes = hv.hostBytes(address, sizeBytes);
  return bytes === undefined ? outside(address, sizeBytes) : use(bytes);
}

function readItem(view: DataView, offset: number, size: ItemSize): number {
  if (size === 1) return view.getUint8(offset);
  return size === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true);
}

const header = (address: number, sizeBytes: number): string =>
  `Host physical memory ${hexAddress(address)} - ${hexAddress(address + sizeBytes)}:\n`;

function dump(address: number, bytes: Uint8Array, size: ItemSize): CommandResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = header(address, bytes.length);
  const values: number[] = [];
  for (let line = 0; line < bytes.length; line += LINE_BYTES) {
    const cells: string[] = [];
    for (let offset = line; offset < Math.min(line + LINE_BYTES, bytes.length); offset += size) {
      const value = readItem(view, offset, size);
      values.push(value);
      cells.push(value.toString(16).padStart(size * 2, "0"));
    }
    text += `${hexAddress(address + line).slice(2)}: ${cells.join(" ")}\n`;
  }
  return ok(text, { address, values });
}

const misaligned = (address: number, size: ItemSize): CommandResult =>
  failed(Status.invalid, `Error: expected a multiple of ${size} as <phys_addr>, found ${hexAddress(address)}\n`);

const dumpForm = (size: ItemSize) =>
  form({
    words: `dump${size * 8}`,
    args: { address: number("phys_addr"), count: number("count") },
    run: (context, { address, count }) => {
      if (address % size !== 0) return misaligned(address, size);
      if (count * size > MAX_DUMP_BYTES) {
        return failed(Status.range, `Error: expected at most ${MAX_DUMP_BYTES / size} items, found ${count}\n`);
      }
      return withBytes(context, address, count * size, (bytes) => dump(address, bytes, size));
    },
  });

const modifyForm = (size: ItemSize) =>
  form({
    words: `modify${size * 8}`,
    args: { address: number("phys_addr"), values: repeated(number("val")) },
    run: ({ hv }, { address, values }) => {
      if (address % size !== 0) return misaligned(address, size);
      const tooLarge = values.find((value) => value >= 2 ** (size * 8));
      if (tooLarge !== undefined) {
        return failed(Status.range, `Error: expected values of ${size * 8} bits, found 0x${tooLarge.toString(16)}\n`);
      }
      const data = new Uint8Array(values.length * size);
      const view = new DataView(data.buffer);
      values.forEach((value, i) => {
        if (size === 1) view.setUint8(i, value);
        else if (size === 2) view.setUint16(i * 2, value, true);
        else view.setUint32(i * 4, value, true);
      });
      return hv.writeHost(address, data) ? ok() : outside(address, data.length);
    },
  });

const digests = {
  crc32: { title: "CRC32", of: (bytes: Uint8Array) => crc32(bytes).toString(16).padStart(8, "0") },
  md5: { title: "MD5", of: (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex") },
  sha256: { title: "SHA-256", of: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex") },
} as const;

const digestForm = (name: keyof typeof digests) =>
  form({
    words: name,
    args: { address: number("phys_addr"), count: number("count") },
    run: (context, { address, count }) =>
      withBytes(context, address, count, (bytes) => {
        const { title, of } = digests[name];
        const digest = of(bytes);
        return ok(`${title} for ${hexAddress(address)} - ${hexAddress(address + count)}:\n${digest}\n`, digest);
      }),
  });

export const memory: CommandFamily<CommandContext> = {
  name: "memory",
  summary: "dump, change, copy and digest host physical memory",
  isUsageInline: true,
  forms: [
    dumpForm(1),
    dumpForm(2),
    dumpForm(4),
    digestForm("crc32"),
    digestForm("md5"),
    digestForm("sha256"),
    modifyForm(1),
    modifyForm(2),
    modifyForm(4),
    form({
      words: "copy",
      args: { target: number("phys_addr"), source: number("src_phys_addr"), count: number("byte_count") },
      run: (context, { target, source, count }) =>
        withBytes(context, source, count, (bytes) => {
          // The source is copied first: the ranges may overlap.
          if (!context.hv.writeHost(target, bytes.slice())) return outside(target, count);
          return ok(`Copied ${count} (0x${count.toString(16)}) bytes.\n`, count);
        }),
    }),
  ],
};
