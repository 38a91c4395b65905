/** `ids syscall`: every slot of `sys_call_table` must be the start of a system call function in kernel text. */
import { hex8 } from "../base/index.ts";
import type { CodeMap, Kernel, SyscallTable } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

/** Slots in which a copy of the table differs. */
const MAX_OTHER_SLOTS = 32;
const NOT_IMPLEMENTED = "sys_ni_syscall";

/** The name a reader expects among the aliases of one address. */
function preferredName(names: readonly string[]): string | undefined {
  if (names.includes(NOT_IMPLEMENTED)) return NOT_IMPLEMENTED;
  return names.find((name) => name.startsWith("sys_")) ?? names[0];
}

interface Judgement {
  readonly symbol: string;
  readonly messageId?: "outside-text" | "no-symbol-start" | "no-system-call";
  readonly mark?: string;
}

function judge(kernel: Kernel, address: number): Judgement {
  const { symbols } = kernel;
  const range = symbols.textRange;
  const near = symbols.at(address);
  if (!range.known || address < range.value.startAddress || address >= range.value.endAddress) {
    return { symbol: "?", messageId: "outside-text", mark: "outside kernel text" };
  }
  const name = preferredName(symbols.namesAt(address));
  if (name === undefined) {
    const symbol = near === undefined ? "?" : `${near.symbol.name}+0x${near.offset.toString(16)}`;
    return { symbol, messageId: "no-symbol-start", mark: "not the start of a function" };
  }
  return name.startsWith("sys_")
    ? { symbol: name }
    : { symbol: name, messageId: "no-system-call", mark: "not a system call" };
}

/** Slots of a table that differ from `expected`, for tables that are not printed. */
function* compareSlots(
  kernel: Kernel,
  code: CodeMap,
  table: { name: string; address: number; count: number },
  expected: (slot: number) => number | undefined,
): Generator<Observation> {
  for (let slot = 0; slot < table.count; slot++) {
    const at = table.address + slot * 4;
    const address = kernel.space.readU32(at);
    const before = expected(slot);
    if (before === undefined || address === before) continue;
    if (address === undefined) {
      yield cannotTell(`${table.name}: slot ${slot} at ${hex8(at)} is not mapped`);
      continue;
    }
    const data = { table: table.name, slot, before: code.describe(before), address: hex8(address) };
    yield finding("replaced", { ...data, owner: code.describe(address) }, { slot, at, address, before });
  }
}

/** The table that the entry code uses, when it is another, and that of old binaries. */
function* otherTables(kernel: Kernel, code: CodeMap, { address: start, count }: SyscallTable): Generator<Observation> {
  const entry = kernel.syscallEntry();
  if (entry.tableAddress !== undefined && entry.tableAddress !== start) {
    const used = hex8(entry.tableAddress);
    yield finding("other-table", { used, symbol: hex8(start) }, { used: entry.tableAddress, symbol: start });
    const other = { name: `the table at ${used}`, address: entry.tableAddress, count };
    const slots = [...compareSlots(kernel, code, other, (slot) => kernel.space.readU32(start + slot * 4))];
    // A table that has little in common with the kernel's is none; its address says enough.
    if (slots.length <= MAX_OTHER_SLOTS) yield* slots;
  }
  const oabi = kernel.symbols.find("sys_oabi_call_table");
  if (oabi === undefined || !kernel.bootImage.known) return;
  yield* compareSlots(kernel, code, { name: "sys_oabi_call_table", address: oabi, count }, (slot) =>
    kernel.readCode(oabi + slot * 4),
  );
}

function* run(kernel: Kernel): Generator<Observation> {
  const table = kernel.syscallTable;
  if (!table.known) return;
  const { address: start, count } = table.value;
  const code = kernel.codeMap();
  yield* otherTables(kernel, code, table.value);
  const judged = new Map<number, Judgement>();
  for (let slot = 0; slot < count; slot++) {
    const at = start + slot * 4;
    const address = kernel.space.readU32(at);
    if (address === undefined) {
      yield cannotTell(`sys_call_table: slot ${slot} at ${hex8(at)} is not mapped`);
      continue;
    }
    const judgement = judged.get(address) ?? judge(kernel, address);
    judged.set(address, judgement);
    const { symbol, messageId, mark } = judgement;
    const before = kernel.bootImage.known ? (kernel.readCode(at) ?? address) : address;
    const replaced = before === address ? undefined : `was ${code.describe(before)}`;
    yield row({ slot, address, symbol }, mark ?? replaced);
    const owner = code.describe(address);
    const data = { slot, address: hex8(address), symbol, owner };
    if (messageId !== undefined) yield finding(messageId, data, { slot, at, address });
    else if (replaced !== undefined) {
      const was = { table: "sys_call_table", before: code.describe(before) };
      yield finding("replaced", { ...data, ...was }, { slot, at, address, before });
    }
  }
}

export const syscallTable: Check = {
  id: "syscall",
  title: "system call table",
  severity: "critical",
  view: "sys_call_table in kernel memory against the kernel's symbols and vector_swi",
  needs: ["symbols", "text-range", "syscall-table"],
  columns: [
    { name: "slot", type: "number" },
    { name: "address", heading: "", type: "address" },
    { name: "symbol", heading: "", type: "text" },
  ],
  messages: {
    "outside-text": "slot {slot} points to {address}, outside kernel text: {owner}",
    "no-symbol-start": "slot {slot} points to {address} ({symbol}), not the start of a function",
    "no-system-call": "slot {slot} points to {address} ({symbol}), which is no system call",
    replaced: "slot {slot} of {table} was {before} in the boot image and is {address}, {owner}",
    "other-table": "the system call entry uses a table at {used}, sys_call_table is at {symbol}",
  },
  run,
};
