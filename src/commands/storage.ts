/** `vdisk` and `blockdev`: the guest's disks and the host's block devices behind them. */
import { Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { columns, failed, number, ok, optional, renderFacts, table, word } from "../shell/index.ts";
import type { BlockDevice, VirtualDisk } from "../vm/index.ts";
import { SECTOR_SIZE_BYTES } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";
import { sizeText } from "./units.ts";

const diskName = word("vdisk", ({ hv }: CommandContext) => hv.disks.map((disk) => disk.name));
const deviceName = word("block_device", ({ hv }: CommandContext) => hv.blockDevices.map((device) => device.name));
const LABEL_WIDTH = 14;

function withDisk({ hv }: CommandContext, name: string, use: (disk: VirtualDisk) => CommandResult): CommandResult {
  const disk = hv.findDisk(name);
  return disk === undefined ? failed(Status.noDevice, "Failed to find virtual disk\n") : use(disk);
}

function withDevice({ hv }: CommandContext, name: string, use: (device: BlockDevice) => CommandResult): CommandResult {
  const device = hv.findBlockDevice(name);
  return device === undefined ? failed(Status.noDevice, "Failed to find block device\n") : use(device);
}

function diskInfo(disk: VirtualDisk): CommandResult {
  const capacityBytes = disk.sectorCount * SECTOR_SIZE_BYTES;
  const text = renderFacts(
    [
      ["Name", disk.name],
      ["Block Size", SECTOR_SIZE_BYTES],
      ["Block Factor", 1],
      ["Capacity", sizeText(capacityBytes)],
      ["Block Device", disk.attached?.name ?? "NONE"],
    ],
    LABEL_WIDTH,
  );
  return ok(text, { name: disk.name, capacityBytes, blockDevice: disk.attached?.name ?? null });
}

export const vdisk: CommandFamily<CommandContext> = {
  name: "vdisk",
  summary: "list guest disks, attach and detach block devices",
  forms: [
    form({
      words: "list",
      run: ({ hv }) =>
        table(
          { columns: columns(["Name", 30], ["Block Size", 17], ["Attached Block Device", 30]) },
          hv.disks.map((disk) => [disk.name, SECTOR_SIZE_BYTES, disk.attached?.name ?? "---"]),
        ),
    }),
    form({ words: "info", args: { name: diskName }, run: (context, { name }) => withDisk(context, name, diskInfo) }),
    form({
      words: "detach",
      args: { name: diskName },
      run: (context, { name }) =>
        withDisk(context, name, (disk) => {
          disk.detach();
          return ok();
        }),
    }),
    form({
      words: "attach",
      args: { name: diskName, device: deviceName },
      run: (context, args) =>
        withDisk(context, args.name, (disk) =>
          withDevice(context, args.device, (device) => {
            disk.attach(device);
            return ok();
          }),
        ),
    }),
  ],
};

const DEFAULT_DUMP_BYTES = 64;
const MAX_DUMP_BYTES = 1 << 20;
const BYTES_PER_LINE = 8;

function dumpDevice({ backend }: BlockDevice, length: number, offset: number): CommandResult {
  const sizeBytes = backend.sectorCount * SECTOR_SIZE_BYTES;
  if (length > MAX_DUMP_BYTES || offset + length > sizeBytes) {
    const text = `Error: expected at most ${MAX_DUMP_BYTES} bytes inside the device's ${sizeBytes}, found ${length} at ${offset}\n`;
    return failed(Status.range, text);
  }
  const firstSector = Math.floor(offset / SECTOR_SIZE_BYTES);
  const sectorCount = Math.ceil((offset + length) / SECTOR_SIZE_BYTES) - firstSector;
  const sectors = new Uint8Array(sectorCount * SECTOR_SIZE_BYTES);
  backend.read(firstSector, sectors);
  const start = offset - firstSector * SECTOR_SIZE_BYTES;
  const bytes = [...sectors.subarray(start, start + length)];
  let text = "";
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const cells = bytes.slice(at, at + BYTES_PER_LINE).map((byte) => `0x${byte.toString(16).padStart(2, "0")}`);
    text += `${offset + at}: ${cells.join(" ")}\n`;
  }
  return ok(text, { offset, bytes });
}

const blockDeviceInfo = (device: BlockDevice): CommandResult => {
  const access = device.backend.isReadOnly ? "Read-Only" : "Read-Write";
  const text = renderFacts(
    [
      ["Name", device.name],
      ["Parent", device.parent ?? "---"],
      ["Description", device.description],
      ["Access", access],
      ["Start LBA", device.startSector],
      ["Block Size", SECTOR_SIZE_BYTES],
      ["Block Count", device.backend.sectorCount],
    ],
    LABEL_WIDTH,
  );
  return ok(text, {
    name: device.name,
    description: device.description,
    access,
    sectorCount: device.backend.sectorCount,
  });
};

export const blockdev: CommandFamily<CommandContext> = {
  name: "blockdev",
  summary: "list and dump the host's block devices",
  forms: [
    form({
      words: "list",
      run: ({ hv }) => {
        const headings = columns(["Name", 16], ["Parent", 16], ["Start LBA", 16], ["Blk Sz", 11], ["Blk Cnt", 16]);
        return table(
          { columns: headings },
          hv.blockDevices.map(({ name, parent, startSector, backend }) => [
            name,
            parent ?? "---",
            startSector,
            SECTOR_SIZE_BYTES,
            backend.sectorCount,
          ]),
        );
      },
    }),
    form({
      words: "info",
      args: { name: deviceName },
      run: (context, { name }) => withDevice(context, name, blockDeviceInfo),
    }),
    form({
      words: "dump8",
      args: { name: deviceName, length: optional(number("length")), offset: optional(number("offset")) },
      run: (context, { name, length = DEFAULT_DUMP_BYTES, offset = 0 }) =>
        withDevice(context, name, (device) => dumpDevice(device, length, offset)),
    }),
  ],
};
