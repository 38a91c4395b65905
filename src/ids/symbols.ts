/** `ids symbols`: where the kernel's symbols and types are known from, and whether the sources agree. */
import { hex8 } from "../base/index.ts";
import type { GivenFile, Kernel } from "../linux/index.ts";
import { FIELDS } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

function* inMemory(kernel: Kernel): Generator<Observation> {
  const { map, symbols, vmcoreinfo, opening } = kernel;
  const table = hex8(map.pageOffset + (map.tableAddress - map.physOffset));
  const where = `swapper_pg_dir at ${table} maps itself and ${opening.imageBytes >>> 10} KiB of kernel behind it`;
  yield row({ source: "page table", count: 1, what: where });
  const { kallsyms, exports } = symbols;
  for (const [source, fact] of [
    ["kallsyms", kallsyms],
    ["export table", exports],
  ] as const) {
    yield row({ source, count: fact.known ? fact.value.size : 0, what: fact.known ? fact.evidence : fact.reason });
  }
  if (!kallsyms.known) yield cannotTell(`kallsyms: ${kallsyms.reason}`);
  if (!vmcoreinfo.known) yield row({ source: "VMCOREINFO", count: 0, what: vmcoreinfo.reason });
  const facts = FIELDS.map((name) => kernel.field(name)).filter((fact) => fact.known);
  const proved = facts.filter((fact) => fact.confidence === "proved").length;
  yield row({ source: "fields", count: facts.length, what: `of ${FIELDS.length} that checks use; ${proved} proved` });
}

/** The kernel that runs says of itself that it is this one, and yet the symbols are others. */
const contradictsItself = ({ comparisons, file }: GivenFile): boolean =>
  file.kind === "VMCOREINFO" || comparisons.some(({ what, agreed }) => what === "version line" && agreed > 0);

function* described(file: GivenFile): Generator<Observation> {
  const { symbols, structures } = file.file;
  const text = file.describe();
  const count = symbols.length + structures.size;
  const { verdict, title } = file;
  yield row({ source: title, count, what: text }, verdict === "same" ? undefined : "not used");
  if (verdict === "same") return;
  const differing = file.comparisons.reduce((sum, comparison) => sum + comparison.differing, 0);
  if (verdict === "other" && contradictsItself(file)) yield finding("disagree", { file: title, text }, { differing });
  else yield cannotTell(`${title}: ${text}`);
}

function* run(kernel: Kernel): Generator<Observation> {
  yield* inMemory(kernel);
  for (const file of kernel.given) yield* described(file);
}

export const symbolSources: Check = {
  id: "symbols",
  title: "where symbols and types come from",
  severity: "high",
  view: "kallsyms, the export table and VMCOREINFO in memory, and the files of --symbols, held against each other",
  cost: "once for a boot: the kernel's image is searched",
  needs: [],
  columns: [
    { name: "source", heading: "", type: "text" },
    { name: "count", heading: "", type: "number" },
    { name: "what", heading: "", type: "text" },
  ],
  messages: {
    disagree: "the symbols in memory and those of {file} are not of one kernel, though both name the same: {text}",
  },
  run,
};
