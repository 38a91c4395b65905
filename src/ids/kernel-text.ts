/** `ids text`: the kernel's code must be what was booted, but for what a kernel patches itself. */
import { hex8 } from "../base/index.ts";
import type { CodeChange, CodeMap, Kernel, KernelImage, PatchKind } from "../linux/index.ts";
import { compareWithImage, jumpTarget, PatchJudge } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

/** A change this near to a function's start redirects it. */
const PROLOGUE_BYTES = 8;
/** Changed words this near to each other are one change. */
const NEIGHBOUR_BYTES = 8;
const MAX_FINDINGS = 64;

interface Range {
  readonly startAddress: number;
  readonly endAddress: number;
}

/** Tables inside the code, which `ids syscall` looks at. */
function* tablesInText(kernel: Kernel): Generator<Range> {
  const table = kernel.syscallTable;
  const symbols = kernel.symbols.text;
  if (!table.known || !symbols.known) return;
  for (const name of ["sys_call_table", "sys_oabi_call_table"]) {
    const startAddress = symbols.value.find(name);
    if (startAddress !== undefined) yield { startAddress, endAddress: startAddress + table.value.count * 4 };
  }
}

/** Runs of neighbouring changes. */
function grouped(changes: readonly CodeChange[]): CodeChange[][] {
  const groups: CodeChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    if (last !== undefined && previous !== undefined && change.address - previous.address <= NEIGHBOUR_BYTES) {
      last.push(change);
    } else groups.push([change]);
  }
  return groups;
}

function judgeGroup(kernel: Kernel, code: CodeMap, [first, ...rest]: readonly CodeChange[]): Observation {
  const { symbols, space } = kernel;
  const near = symbols.at(first.address);
  const where = near === undefined ? hex8(first.address) : `${near.symbol.name}+0x${near.offset.toString(16)}`;
  const target = jumpTarget(first.address, (at) => space.readU32(at));
  const evidence = { address: first.address, before: first.before, now: first.now, words: rest.length + 1 };
  const leaves = target !== undefined && (near === undefined || target - near.symbol.address !== near.offset);
  if (!leaves || (code.ownerOf(target).kind === "kernel" && (near?.offset ?? 0) > PROLOGUE_BYTES)) {
    return finding("code-changed", { where, before: hex8(first.before), now: hex8(first.now) }, evidence);
  }
  return finding("redirected", { where, target: hex8(target), owner: code.describe(target) }, { ...evidence, target });
}

function* compareText(kernel: Kernel, image: KernelImage, text: Range): Generator<Observation> {
  const end = Math.min(text.endAddress, image.endAddress);
  const { changes, words, unmappedAt, isCut } = compareWithImage(kernel.space, image, text.startAddress, end);
  if (unmappedAt !== undefined) yield cannotTell(`kernel text: ${hex8(unmappedAt)} is not mapped`);
  if (isCut) yield cannotTell("kernel text: too many differences to look at all");
  const tables = [...tablesInText(kernel)];
  const ofCode = changes.filter(({ address: at }) => !tables.some((t) => at >= t.startAddress && at < t.endAddress));
  const probes = kernel.probes();
  const probed = new Set(probes.map(({ target }) => target));
  const judge = new PatchJudge(
    { map: kernel.map, image, symbols: kernel.symbols, hasProbe: (at) => probed.has(at) },
    ofCode,
  );
  const counts = new Map<PatchKind | "other", number>();
  const illegal: CodeChange[] = [];
  for (const change of ofCode) {
    const kind = judge.kindOf(change);
    counts.set(kind ?? "other", (counts.get(kind ?? "other") ?? 0) + 1);
    if (kind === undefined) illegal.push(change);
  }
  yield row({ what: "words compared", count: words });
  for (const [what, count] of counts)
    yield row({ what, count }, what === "other" ? "not a patch of the kernel" : undefined);
  const code = kernel.codeMap();
  for (const { target, handler, address } of probes) {
    yield row({ what: `kprobe on ${code.describe(target)}, handled by ${code.describe(handler)}`, count: 1 });
    if (handler === 0 || code.isKnown(handler)) continue;
    const data = { where: code.describe(target), handler: hex8(handler), owner: code.describe(handler) };
    yield finding("kprobe", data, { target, handler, address });
  }
  for (const group of grouped(illegal).slice(0, MAX_FINDINGS)) yield judgeGroup(kernel, code, group);
}

function* run(kernel: Kernel): Generator<Observation> {
  const { bootImage } = kernel;
  const { textRange } = kernel.symbols;
  if (bootImage.known && textRange.known) yield* compareText(kernel, bootImage.value, textRange.value);
}

export const kernelText: Check = {
  id: "text",
  title: "kernel code against the boot image",
  severity: "critical",
  view: "_stext to _etext in memory, word by word against the Image that was loaded with its legal patches",
  cost: "about one load a KB of code",
  needs: ["symbols", "text-range", "boot-image"],
  columns: [
    { name: "what", heading: "", type: "text" },
    { name: "count", heading: "", type: "number" },
  ],
  messages: {
    redirected: "{where} was changed to jump to {target}, {owner}",
    "code-changed": "{where} was {before} and is now {now}, which is no patch of the kernel's own",
    kprobe: "a kprobe on {where} is handled by code at {handler}, {owner}",
  },
  run,
};
