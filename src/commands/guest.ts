/** `guest`: create, start, stop and look into guests and their regions. */
import { HvError, hexAddress, Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { columns, failed, number, ok, optional, renderFacts, table, word } from "../shell/index.ts";
import type { Guest, GuestRegion } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";
import { hexWord, sizeText } from "./units.ts";
import { refusalText } from "./vcpu.ts";

const guestName = word("guest_name", ({ hv }: CommandContext) => hv.guests.map((guest) => guest.name));
const creatableName = word("guest_name", ({ hv }: CommandContext) => [hv.facts.guest.name]);

function withGuest({ hv }: CommandContext, name: string, use: (guest: Guest) => CommandResult): CommandResult {
  const found = hv.findGuest(name);
  return found === undefined ? failed(Status.notAvailable, "Failed to find guest\n") : use(found);
}

const list = ({ hv }: CommandContext): CommandResult =>
  table(
    { columns: columns(["ID", 6], ["Name", 17], ["Endianness", 13], ["Device Path", 39]), ruleWidth: 79 },
    hv.guests.map((guest) => [guest.id, guest.name, guest.facts.endianness, guest.path]),
  );

function create({ hv }: CommandContext, name: string): CommandResult {
  if (hv.findGuest(name) !== undefined) {
    const text = `vmm_manager_guest_create: Duplicate Guest ${name} detected\n${name}: Failed to create\n`;
    return failed(Status.exists, text);
  }
  if (hv.facts.guest.name !== name || hv.deviceTree.find(`/guests/${name}`) === undefined) {
    return failed(Status.fail, `Error: failed to find ${name} node under /guests\n`);
  }
  try {
    hv.createGuest(hv.facts.guest);
  } catch (error) {
    if (!(error instanceof HvError)) throw error;
    return failed(Status.noMemory, `Error: ${error.explain()}\n${name}: Failed to create\n`);
  }
  return ok(`${name}: Created\n`);
}

const pastTense = { kick: "Kicked", pause: "Paused", resume: "Resumed", halt: "Halted", reset: "Reset" } as const;
type Verb = keyof typeof pastTense;

function request({ hv }: CommandContext, guest: Guest, verb: Verb): CommandResult {
  const status = verb === "reset" ? hv.resetGuest(guest) : guest[verb]();
  if (status === Status.ok) return ok(`${guest.name}: ${pastTense[verb]}\n`);
  return failed(status, `${refusalText(guest.vcpus[0], verb, status)}${guest.name}: Failed to ${verb}\n`);
}

const requestForm = (verb: Verb) =>
  form({
    words: verb,
    args: { name: guestName },
    run: (context, { name }) => withGuest(context, name, (guest) => request(context, guest, verb)),
  });

const DEFAULT_DUMP_BYTES = 64;
const MAX_DUMP_BYTES = 1 << 20;
const LINE_BYTES = 16;

function dumpMemory(context: CommandContext, guest: Guest, address: number, sizeBytes: number): CommandResult {
  if (sizeBytes > MAX_DUMP_BYTES) {
    return failed(Status.range, `Error: expected at most ${MAX_DUMP_BYTES} bytes, found ${sizeBytes}\n`);
  }
  const length = Math.ceil(sizeBytes / LINE_BYTES) * LINE_BYTES;
  const bytes = new Uint8Array(length);
  if (!context.hv.control.readGuest(address, bytes)) {
    return failed(
      Status.fail,
      `Error: expected guest memory at ${hexAddress(address)}, found none for ${length} bytes\n`,
    );
  }
  const view = new DataView(bytes.buffer);
  let text = `${guest.name} physical memory ${hexAddress(address)} - ${hexAddress(address + length)}:\n`;
  for (let line = 0; line < length; line += LINE_BYTES) {
    const words = [0, 4, 8, 12].map((offset) =>
      view
        .getUint32(line + offset, true)
        .toString(16)
        .padStart(8, "0"),
    );
    text += `${hexAddress(address + line).toLowerCase()}: ${words.join(" ")}\n`;
  }
  const words = Array.from({ length: length / 4 }, (_, i) => view.getUint32(i * 4, true));
  return ok(text, { address, words });
}

const REGION_LABEL_WIDTH = 29;

function regionText(region: GuestRegion): string {
  const { name, facts, guestAddress, sizeBytes, mappings } = region;
  const lines: [string, string | number][] = [["Region node name", name]];
  if (facts.emulator !== undefined) lines.push(["Region emulator name", facts.emulator]);
  lines.push(
    ["Region guest physical address", hexAddress(guestAddress)],
    ["Region alias physical address", hexAddress(guestAddress)],
    ["Region physical size", sizeText(sizeBytes)],
    ["Region flags", hexWord(region.flags)],
    ["Region align order", region.alignOrder],
    ["Region map order", region.mapOrder],
    ["Region maps count", mappings.length],
  );
  const maps = mappings.map(
    (map) => `\t${hexAddress(map.guestAddress)} => ${hexAddress(map.hostAddress)} (${sizeText(map.sizeBytes)})\n`,
  );
  const mapText = maps.length === 0 ? "" : `${"Region mappings".padEnd(REGION_LABEL_WIDTH)}:\n${maps.join("")}`;
  return `${renderFacts(lines, REGION_LABEL_WIDTH)}${mapText}\n`;
}

const regionData = (region: GuestRegion) => ({
  name: region.name,
  emulator: region.facts.emulator,
  guestAddress: region.guestAddress,
  sizeBytes: region.sizeBytes,
  flags: region.flags,
  alignOrder: region.alignOrder,
  hostAddress: region.allocation?.address,
  mappings: region.mappings.map((map) => ({ ...map })),
});

/** By guest-physical address; the original's order is that of its tree. */
const regionList = (guest: Guest): CommandResult => {
  const regions = [...guest.regions].sort((a, b) => a.guestAddress - b.guestAddress);
  const style = {
    columns: columns(["Region", 16], ["Guest Physical Range", 25], ["Size", 8], ["Flags", 12], ["Emulator", 14]),
    ruleWidth: 80,
  };
  return table(
    style,
    regions.map((region) => [
      region.name,
      `${hexAddress(region.guestAddress)}-${hexAddress(region.endAddress - 1)}`,
      sizeText(region.sizeBytes),
      hexWord(region.flags),
      region.facts.emulator ?? "",
    ]),
  );
};

export const guest: CommandFamily<CommandContext> = {
  name: "guest",
  summary: "create, start, stop guests; show their regions and memory",
  forms: [
    form({ words: "list", run: list }),
    form({ words: "create", args: { name: creatableName }, run: (context, { name }) => create(context, name) }),
    form({
      words: "destroy",
      args: { name: guestName },
      run: (context, { name }) =>
        withGuest(context, name, (found) => {
          context.hv.destroyGuest(found);
          return ok(`${name}: Destroyed\n`);
        }),
    }),
    requestForm("reset"),
    requestForm("kick"),
    requestForm("pause"),
    requestForm("resume"),
    requestForm("halt"),
    form({
      words: "dumpmem",
      args: { name: guestName, address: number("gphys_addr"), size: optional(number("mem_sz")) },
      run: (context, { name, address, size = DEFAULT_DUMP_BYTES }) =>
        withGuest(context, name, (found) => dumpMemory(context, found, address, size)),
    }),
    form({
      words: "region_list",
      args: { name: guestName },
      run: (context, { name }) => withGuest(context, name, regionList),
    }),
    form({
      words: "region",
      args: { name: guestName, address: number("gphys_addr") },
      run: (context, { name, address }) =>
        withGuest(context, name, (found) => {
          const region = found.regionAt(address);
          if (region === undefined) return failed(Status.fail, "Memory region not found\n");
          return ok(regionText(region), regionData(region));
        }),
    }),
  ],
};
