/** `ids vectors`: the way into the kernel, from the processor's control registers to the system call table. */
import { hex8 } from "../base/index.ts";
import type { CpuRegisters, Kernel } from "../linux/index.ts";
import { compareVectors, HIGH_VECTORS, readVectorPages } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

const SCTLR_V = 1 << 13;
const TABLE_BYTES = 0x4000;
const SECTIONS = 4096;
const SWI_WORD = 0;
const MAX_FINDINGS = 16;
/** Linux has four domains; that of the kernel is manager while it works for user code (CONFIG_CPU_USE_DOMAINS). */
const LINUX_DOMAIN_BITS = 8;

/** The table of the running process must have the kernel's entries, or none yet (they are copied when first used). */
function* checkTable(kernel: Kernel, { ttbr0 }: CpuRegisters): Generator<Observation> {
  const { map, space } = kernel;
  const table = (ttbr0 & ~(TABLE_BYTES - 1)) >>> 0;
  for (let index = map.pageOffset >>> 20; index < SECTIONS; index++) {
    const own = space.memory.readU32(table + index * 4);
    const shared = space.memory.readU32(map.tableAddress + index * 4);
    if (own === undefined) {
      yield finding("table", { table: hex8(table), section: hex8(index << 20), entry: "no memory" }, { table });
      return;
    }
    if (own === shared || own === 0) continue;
    yield finding("table", { table: hex8(table), section: hex8(index << 20), entry: hex8(own) }, { table, own });
    return;
  }
}

function* checkRegisters(kernel: Kernel, registers: CpuRegisters): Generator<Observation> {
  const { sctlr, dacr, ttbr0, ttbcr = 0, fcse = 0 } = registers;
  yield row({ what: "SCTLR", value: sctlr, points: (sctlr & SCTLR_V) !== 0 ? "vectors at ffff0000" : "low vectors" });
  yield row({ what: "TTBR0", value: ttbr0, points: "" });
  yield row({ what: "DACR", value: dacr, points: "" });
  if (ttbcr !== 0) yield finding("register", { name: "TTBCR", value: hex8(ttbcr), expected: "0" }, { ttbcr });
  if (fcse !== 0) yield finding("register", { name: "FCSE", value: hex8(fcse), expected: "0" }, { fcse });
  if (dacr >>> LINUX_DOMAIN_BITS !== 0) {
    yield finding("register", { name: "DACR", value: hex8(dacr), expected: "no access beyond domain 3" }, { dacr });
  }
  yield* checkTable(kernel, registers);
}

function* checkPages(kernel: Kernel, vectorSwi: number): Generator<Observation> {
  const { bootImage, registers, space } = kernel;
  const isHigh = registers === undefined || (registers.sctlr & SCTLR_V) !== 0;
  const base = isHigh ? HIGH_VECTORS : (registers?.vbar ?? 0);
  if (!isHigh && space.translate(HIGH_VECTORS) !== undefined) {
    yield finding("low-vectors", { address: hex8(base) }, { address: base, sctlr: registers?.sctlr ?? null });
  }
  const pages = readVectorPages(space, base);
  if (pages === undefined) {
    yield cannotTell(`exception vectors: ${hex8(base)} is not mapped`);
    return;
  }
  const target = pages.stubs[SWI_WORD];
  yield row({ what: "system call vector", value: target, points: kernel.symbols.namesAt(target)[0] ?? "?" });
  if (!bootImage.known) {
    yield cannotTell(`exception vectors: ${bootImage.reason}`);
    return;
  }
  const changes = compareVectors(bootImage.value, base, vectorSwi, pages);
  if (changes === undefined) yield cannotTell("exception vectors: the boot image has no such table");
  for (const { what, address, before, now } of changes?.slice(0, MAX_FINDINGS) ?? []) {
    const data = { what, address: hex8(address), before: hex8(before), now: hex8(now) };
    yield finding("changed", data, { address, before, now });
  }
}

function* run(kernel: Kernel): Generator<Observation> {
  const { registers, symbols } = kernel;
  if (registers === undefined) yield cannotTell("CP15: this source has no registers");
  else yield* checkRegisters(kernel, registers);
  const vectorSwi = symbols.find("vector_swi");
  if (vectorSwi === undefined) yield cannotTell("there is no symbol vector_swi");
  else yield* checkPages(kernel, vectorSwi);
  const { tableAddress } = kernel.syscallEntry();
  if (tableAddress === undefined) yield cannotTell("vector_swi: the address of its table is not in its code");
  else {
    const points = symbols.namesAt(tableAddress)[0] ?? "?";
    yield row({ what: "system call table", value: tableAddress, points });
    const expected = symbols.find("sys_call_table");
    if (expected !== undefined && expected !== tableAddress) {
      yield finding("other-table", { used: hex8(tableAddress), symbol: hex8(expected) }, { used: tableAddress });
    }
  }
}

export const vectors: Check = {
  id: "vectors",
  title: "exception vectors and system control registers",
  severity: "critical",
  view: "CP15, the pages at ffff0000 against the copies in the boot image, and the code of vector_swi",
  cost: "about 40 loads",
  needs: ["symbols"],
  columns: [
    { name: "what", heading: "", type: "text" },
    { name: "value", heading: "", type: "address" },
    { name: "points", heading: "", type: "text" },
  ],
  messages: {
    register: "{name} is {value}, expected {expected}",
    table: "the page table at {table} has {entry} for the kernel's section at {section}, unlike swapper_pg_dir",
    "low-vectors": "the processor takes exceptions at {address}, the kernel keeps its vectors at ffff0000",
    changed: "the {what} at {address} was {before} in the boot image and is {now}",
    "other-table": "the system call entry uses a table at {used}, sys_call_table is at {symbol}",
  },
  run,
};
