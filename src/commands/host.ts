/** `host`: the board's CPU, interrupts, RAM, virtual pool, resources, buses and classes. */
import { hexAddress, Status } from "../base/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import {
  columns,
  decimal,
  failed,
  hexadecimal,
  jsonKey,
  ok,
  optional,
  renderFacts,
  rule,
  table,
  word,
} from "../shell/index.ts";
import type { DriverClass, Hypervisor } from "../vm/index.ts";
import { poolStateText } from "./buddy-text.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";
import { MEBIBYTE, withHex } from "./units.ts";

const LABEL_WIDTH = 25;
const RAM_LABEL_WIDTH = 18;
const POOL_LABEL_WIDTH = 13;
const DEFAULT_BITMAP_COLUMNS = 64;

type Facts = (readonly [string, string | number])[];

/** `Label : value` lines, and the same as one object. */
const facts = (entries: Facts, width: number): CommandResult =>
  ok(renderFacts(entries, width), Object.fromEntries(entries.map(([label, value]) => [jsonKey(label), value])));

const megahertz = (hv: Hypervisor): string => (hv.facts.cpu.instructionsPerSecond / 1e6).toFixed(3);

function hostInfo({ hv }: CommandContext): CommandResult {
  return facts(
    [
      ["Host Name", hv.facts.hostName],
      ["Boot CPU Hardware ID", `0x${hv.facts.cpu.hardwareId.toString(16)}`],
      ["Total Online CPUs", 1],
      ["Total VAPOOL", `${hv.host.virtualPool.sizeBytes / MEBIBYTE} MB`],
      ["Total RAM", `${(hv.ram.totalFrames * PAGE_SIZE) / MEBIBYTE} MB`],
    ],
    LABEL_WIDTH,
  );
}

function cpuInfo({ hv }: CommandContext): CommandResult {
  const first: Facts = [
    ["CPU Type", hv.facts.cpu.type],
    ["CPU Present Count", 1],
    ["CPU Possible Count", 1],
    ["CPU Online Count", 1],
  ];
  const second: Facts = [
    ["CPU0 Hardware ID", `0x${hv.facts.cpu.hardwareId.toString(16)}`],
    ["CPU0 Estimated Speed", `${megahertz(hv)} MHz`],
  ];
  const { data } = facts([...first, ...second], LABEL_WIDTH);
  return ok(`${renderFacts(first, LABEL_WIDTH)}\n${renderFacts(second, LABEL_WIDTH)}\n`, data);
}

function cpuStats({ hv }: CommandContext): CommandResult {
  const active = hv.scheduler.vcpus.filter((vcpu) => vcpu.isRunnable).length;
  const titles = ["CPU#", "HWID", "Speed (MHz)", "Util. (%)", "IRQs (%)", "Active VCPUs"];
  const widths = [5, 14, 15, 13, 12, 16];
  const cells = [
    "0",
    `0x${hv.facts.cpu.hardwareId.toString(16)}`,
    megahertz(hv),
    (hv.scheduler.utilization * 100).toFixed(1),
    // Host interrupts take no virtual time in this model.
    "0.0",
    String(active),
  ];
  const line = (texts: readonly string[]): string => `${texts.map((text, i) => text.padStart(widths[i])).join(" ")}\n`;
  const data = [Object.fromEntries(titles.map((title, i) => [jsonKey(title), cells[i]]))];
  return ok(`${rule()}${line(titles)}${rule()}${line(cells)}${rule()}`, data);
}

function irqStats({ hv }: CommandContext): CommandResult {
  const style = { columns: columns(["IRQ#", 5], ["Name", 20], ["Chip", 13], ["CPU0", 10]), ruleWidth: 52 };
  return table(
    style,
    hv.host.irqs.map(({ line, name, chip, count }) => [line, name, chip, count]),
  );
}

function ramInfo({ hv }: CommandContext): CommandResult {
  const { banks, freeFrames, totalFrames } = hv.ram;
  const entries: Facts = [
    ["Frame Size", withHex(PAGE_SIZE)],
    ["Bank Count", withHex(banks.length)],
    ["Total Free Frames", withHex(freeFrames)],
    ["Total Frame Count", withHex(totalFrames)],
  ];
  const bankEntries = banks.map((bank, i): Facts => {
    const label = `Bank${String(i).padStart(2, "0")}`;
    return [
      [`${label} Start`, hexAddress(bank.startAddress)],
      [`${label} Size`, withHex(bank.sizeBytes)],
      [`${label} Free Frames`, withHex(bank.frames.freeCount)],
      [`${label} Frame Count`, withHex(bank.frames.frameCount)],
    ];
  });
  const width = RAM_LABEL_WIDTH + 2;
  const text = renderFacts(entries, width) + bankEntries.map((bank) => `\n${renderFacts(bank, width)}`).join("");
  const data = {
    frameSizeBytes: PAGE_SIZE,
    freeFrames,
    totalFrames,
    banks: banks.map(({ startAddress, sizeBytes, frames }) => ({
      startAddress,
      sizeBytes,
      freeFrames: frames.freeCount,
      frameCount: frames.frameCount,
    })),
    allocations: hv.ram.allocations.map(({ address, sizeBytes, owner }) => ({ address, sizeBytes, owner })),
  };
  return ok(text, data);
}

/** Rows of `0`s and `1`s, each with the address of its first page. */
function bitmapText(address: number, pageCount: number, perLine: number, isUsed: (page: number) => boolean): string {
  let text = "";
  for (let first = 0; first < pageCount; first += perLine) {
    let bits = "";
    for (let page = first; page < Math.min(first + perLine, pageCount); page++) bits += isUsed(page) ? "1" : "0";
    text += `${hexAddress(address + first * PAGE_SIZE)}: ${bits}\n`;
  }
  return text;
}

const BITMAP_LEGEND = "0 : free\n1 : used\n";

function ramBitmap({ hv }: CommandContext, perLine = DEFAULT_BITMAP_COLUMNS): CommandResult {
  if (perLine === 0) return failed(Status.invalid, "Error: expected at least one column, found 0\n");
  const text = hv.ram.banks.map((bank, i) => {
    const bits = bitmapText(bank.startAddress, bank.frames.frameCount, perLine, (page) => bank.frames.isUsed(page));
    return `Bank${String(i).padStart(2, "0")}\n${BITMAP_LEGEND}${bits}`;
  });
  return ok(text.join("\n"));
}

function poolInfo({ hv }: CommandContext): CommandResult {
  const { baseAddress, sizeBytes, buddy } = hv.host.virtualPool;
  return facts(
    [
      ["Base Address", hexAddress(baseAddress)],
      ["Page Size", withHex(PAGE_SIZE)],
      ["Free Pages", withHex(buddy.freeBytes / PAGE_SIZE)],
      ["Total Pages", withHex(sizeBytes / PAGE_SIZE)],
    ],
    POOL_LABEL_WIDTH,
  );
}

function poolBitmap({ hv }: CommandContext, perLine = DEFAULT_BITMAP_COLUMNS): CommandResult {
  if (perLine === 0) return failed(Status.invalid, "Error: expected at least one column, found 0\n");
  const { baseAddress, sizeBytes, buddy } = hv.host.virtualPool;
  const isUsed = (page: number): boolean => !buddy.isFree(page * PAGE_SIZE);
  return ok(BITMAP_LEGEND + bitmapText(baseAddress, sizeBytes / PAGE_SIZE, perLine, isUsed));
}

function resources({ hv }: CommandContext): CommandResult {
  const address16 = (address: number): string => `0x${address.toString(16).toUpperCase().padStart(16, "0")}`;
  const entry = (address: number, sizeBytes: number, flags: number, name: string): string =>
    `   [${address16(address)}-${address16(address + sizeBytes - 1)}] (0x${flags.toString(16).padStart(8, "0")}) ${name}\n`;
  const RAM_FLAGS = 0x80000200;
  const memory = [
    ...hv.facts.ramBanks.map(({ address, sizeBytes }) => ({ address, sizeBytes, description: "System RAM" })),
    ...hv.facts.hostDevices,
  ].sort((a, b) => a.address - b.address);
  const lines = memory.map((item) => entry(item.address, item.sizeBytes, RAM_FLAGS, item.description));
  const data = memory.map(({ address, sizeBytes, description }) => ({ address, sizeBytes, description }));
  return ok(`Host IO\nHost Memory\n${lines.join("")}`, data);
}

const groupList = (title: string, groups: readonly DriverClass[]): CommandResult =>
  table(
    { columns: columns(["Num#", 7], [title, 15], ["Device Count", 15]), ruleWidth: 40 },
    groups.map(({ name, devices }, i) => [i, name, devices.length]),
  );

function groupDevices(groups: readonly DriverClass[], name: string, kind: "bus" | "class"): CommandResult {
  const group = groups.find((g) => g.name === name);
  if (group === undefined) return failed(Status.notAvailable, `Failed to find ${name} ${kind}\n`);
  const style = { columns: columns(["Num#", 7], ["Device Name", 25], ["Parent Name", 25]), ruleWidth: 60 };
  return table(
    style,
    group.devices.map((device, i) => [i, device, "---"]),
  );
}

const names = (groups: readonly DriverClass[]): string[] => groups.map((group) => group.name);
const busName = word("bus_name", ({ hv }: CommandContext) => names(hv.host.buses));
const className = word("class_name", ({ hv }: CommandContext) => names(hv.host.classes));
const columnCount = optional(decimal("column count"));

export const host: CommandFamily<CommandContext> = {
  name: "host",
  summary: "show the host board: CPU, interrupts, RAM, devices",
  forms: [
    form({ words: "info", run: hostInfo }),
    form({ words: "cpu info", run: cpuInfo }),
    form({ words: "cpu stats", run: cpuStats }),
    form({ words: "irq stats", run: irqStats }),
    form({
      words: "irq set_affinity",
      args: { line: decimal("hirq"), cpu: decimal("hcpu") },
      run: ({ hv }, { line, cpu }) => {
        if (hv.host.irqs.every((irq) => irq.line !== line))
          return failed(Status.notAvailable, "Failed to find host irq\n");
        return cpu === 0 ? ok() : failed(Status.invalid, `Error: expected host CPU 0, the only one, found ${cpu}\n`);
      },
    }),
    form({ words: "extirq stats", run: () => ok("0 extended IRQs\n  BITMAP:\n", { count: 0 }) }),
    form({ words: "ram info", run: ramInfo }),
    form({ words: "ram bitmap", args: { count: columnCount }, run: (context, { count }) => ramBitmap(context, count) }),
    form({
      words: "ram reserve",
      args: { address: hexadecimal("physaddr"), size: hexadecimal("size") },
      run: ({ hv }, { address, size }) => {
        if (size === 0) return failed(Status.invalid, "Error: expected a size above 0, found 0\n");
        hv.ram.reserve(address, size, "host ram reserve");
        return ok();
      },
    }),
    form({ words: "vapool info", run: poolInfo }),
    form({
      words: "vapool state",
      run: ({ hv }) => {
        const { buddy, recordCount } = hv.host.virtualPool;
        return ok(poolStateText("VAPOOL", buddy.bins(), recordCount - buddy.areaRecordCount, recordCount));
      },
    }),
    form({
      words: "vapool bitmap",
      args: { count: columnCount },
      run: (context, { count }) => poolBitmap(context, count),
    }),
    form({ words: "resources", run: resources }),
    form({ words: "bus_list", run: ({ hv }) => groupList("Bus Name", hv.host.buses) }),
    form({
      words: "bus_device_list",
      args: { name: busName },
      run: ({ hv }, { name }) => groupDevices(hv.host.buses, name, "bus"),
    }),
    form({ words: "class_list", run: ({ hv }) => groupList("Class Name", hv.host.classes) }),
    form({
      words: "class_device_list",
      args: { name: className },
      run: ({ hv }, { name }) => groupDevices(hv.host.classes, name, "class"),
    }),
  ],
};
