/** A board as text: what it is and its address map, for `komainu board show`. */
import { hexAddress } from "../base/index.ts";
import type { Profile } from "./profile-schema.ts";

const sizeUnits = [
  { unit: "GiB", bytes: 2 ** 30 },
  { unit: "MiB", bytes: 2 ** 20 },
  { unit: "KiB", bytes: 2 ** 10 },
];

/** `96 MiB`, `4 KiB`, `1000 B`: the largest unit that divides it, so that nothing is rounded. */
export function sizeText(sizeBytes: number): string {
  for (const { unit, bytes } of sizeUnits) {
    if (sizeBytes > 0 && sizeBytes % bytes === 0) return `${sizeBytes / bytes} ${unit}`;
  }
  return `${sizeBytes} B`;
}

/** A piece of the address map. */
export interface MapRow {
  readonly address: number;
  readonly sizeBytes: number;
  /** `-` where nothing is. */
  readonly name: string;
  /** Region type or device model. */
  readonly kind: string;
  /** Wires, such as `pic:12 cpu:irq`. */
  readonly irqs: string;
  readonly use: "memory" | "device" | "nothing";
}

const headings: Omit<MapRow, "use"> & { range: string; size: string } = {
  address: 0,
  sizeBytes: 0,
  range: "Guest physical address",
  size: "Size",
  name: "Name",
  kind: "Model",
  irqs: "Interrupts",
};

function rowsOf({ regions, devices }: Profile): MapRow[] {
  const memory = regions.map(({ name, address, sizeBytes, type }) => ({
    address,
    sizeBytes,
    name,
    kind: type,
    irqs: "",
    use: "memory" as const,
  }));
  const models = devices.map(({ name, address, sizeBytes, model, irqs, serial }) => ({
    address,
    sizeBytes,
    name,
    kind: serial ? `${model} (serial)` : model,
    irqs: irqs.map(({ to, line }) => `${to}:${line}`).join(" "),
    use: "device" as const,
  }));
  return [...memory, ...models].sort((a, b) => a.address - b.address);
}

const hole = (address: number, end: number): MapRow => ({
  address,
  sizeBytes: end - address,
  name: "-",
  kind: "(nothing)",
  irqs: "",
  use: "nothing",
});

/** All of the address space by address: memory, devices, and the unused ranges between them. */
export function addressMap(profile: Profile): MapRow[] {
  const all: MapRow[] = [];
  let end = 0;
  for (const row of rowsOf(profile)) {
    if (row.address > end) all.push(hole(end, row.address));
    all.push(row);
    end = Math.max(end, row.address + row.sizeBytes);
  }
  if (end < 2 ** 32) all.push(hole(end, 2 ** 32));
  return all;
}

/** `0x101F1000-0x101F1FFF`. */
export const rangeText = ({ address, sizeBytes }: Pick<MapRow, "address" | "sizeBytes">): string =>
  `${hexAddress(address)}-${hexAddress(address + sizeBytes - 1)}`;

/** The address map, sorted, with holes, sizes and interrupt wiring. */
export function showProfile(profile: Profile): string {
  const cells = addressMap(profile).map((row) => ({
    ...row,
    range: rangeText(row),
    size: sizeText(row.sizeBytes),
  }));
  const table = [headings, ...cells];
  const width = (key: "range" | "size" | "name" | "kind"): number => Math.max(...table.map((row) => row[key].length));
  const [range, size, name, kind] = [width("range"), width("size"), width("name"), width("kind")];
  const lines = table.map((row) =>
    [row.range.padEnd(range), row.size.padStart(size), row.name.padEnd(name), row.kind.padEnd(kind), row.irqs]
      .join("  ")
      .trimEnd(),
  );
  const { cpu, host, guest, boot } = profile;
  return [
    `${profile.name}: ${profile.description}`,
    "",
    `CPU      ${cpu.model}, ${cpu.nsPerInstruction} ns an instruction`,
    `Host     ${host.name}, ${sizeText(host.ramSizeBytes)} RAM`,
    `Guest    ${guest.name}, ${sizeText(guest.memorySizeBytes)} memory`,
    `Kernel   ${boot.images.kernel} at ${hexAddress(boot.kernelAddress)}, device tree ${boot.images.deviceTree}, initrd ${boot.images.initrd ?? "none"}`,
    `Boot     ${boot.commandLine}`,
    "",
    ...lines,
    "",
  ].join("\n");
}
