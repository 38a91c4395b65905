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

interface Row {
  address: number;
  sizeBytes: number;
  name: string;
  kind: string;
  irqs: string;
}

const headings: Row & { range: string; size: string } = {
  address: 0,
  sizeBytes: 0,
  range: "Guest physical address",
  size: "Size",
  name: "Name",
  kind: "Model",
  irqs: "Interrupts",
};

function rowsOf({ regions, devices }: Profile): Row[] {
  const memory = regions.map(({ name, address, sizeBytes, type }) => ({
    address,
    sizeBytes,
    name,
    kind: type,
    irqs: "",
  }));
  const models = devices.map(({ name, address, sizeBytes, model, irqs, serial }) => ({
    address,
    sizeBytes,
    name,
    kind: serial ? `${model} (serial)` : model,
    irqs: irqs.map(({ to, line }) => `${to}:${line}`).join(" "),
  }));
  return [...memory, ...models].sort((a, b) => a.address - b.address);
}

/** The rows with the unused ranges between them. */
function withHoles(rows: readonly Row[]): Row[] {
  const all: Row[] = [];
  let end = 0;
  for (const row of rows) {
    if (row.address > end)
      all.push({ address: end, sizeBytes: row.address - end, name: "-", kind: "(nothing)", irqs: "" });
    all.push(row);
    end = Math.max(end, row.address + row.sizeBytes);
  }
  if (end < 2 ** 32) all.push({ address: end, sizeBytes: 2 ** 32 - end, name: "-", kind: "(nothing)", irqs: "" });
  return all;
}

/** The address map, sorted, with holes, sizes and interrupt wiring. */
export function showProfile(profile: Profile): string {
  const cells = withHoles(rowsOf(profile)).map((row) => ({
    ...row,
    range: `${hexAddress(row.address)}-${hexAddress(row.address + row.sizeBytes - 1)}`,
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
