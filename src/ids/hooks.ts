/** `ids hooks`: function pointers of the kernel must lead into its own code or a listed module's. */
import { hex8 } from "../base/index.ts";
import type { CodeChange, CodeMap, Kernel, KernelImage } from "../linux/index.ts";
import { compareWithImage, initRange, netfilterHooks, notifierChains } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

const MAX_FINDINGS = 64;

/** A function pointer that was changed, and whether the kernel may change it. */
interface PointerChange extends CodeChange {
  readonly isConstant: boolean;
}

/** Words that were the address of a function when the kernel was booted and are something else now. */
function pointerChanges(kernel: Kernel, image: KernelImage): PointerChange[] | undefined {
  const { symbols, space } = kernel;
  const init = initRange(symbols, kernel.readCode);
  const { textRange } = symbols;
  if (init === undefined || !textRange.known) return undefined;
  const { startAddress, endAddress } = textRange.value;
  const isFunction = (word: number): boolean =>
    word >= startAddress && word < endAddress && (word & 3) === 0 && symbols.namesAt(word).length > 0;
  const of = (start: number, end: number, isConstant: boolean): PointerChange[] =>
    compareWithImage(space, image, start, end)
      .changes.filter(({ before }) => isFunction(before))
      .map((change) => ({ ...change, isConstant }));
  return [...of(endAddress, init.start, true), ...of(init.end, image.endAddress, false)];
}

/** Static function pointers: what was a function of the kernel at boot stays one, or nothing. */
function* staticPointers(kernel: Kernel, code: CodeMap, image: KernelImage): Generator<Observation> {
  const changes = pointerChanges(kernel, image);
  if (changes === undefined) {
    yield cannotTell("static function pointers: free_initmem does not tell what of the image was given back");
    return;
  }
  let found = 0;
  for (const { address, before, now, isConstant } of changes) {
    const { kind } = code.ownerOf(now);
    if (now === 0 || kind === "kernel") continue;
    // What is no address any more was no pointer before.
    if (kind === "unmapped" && !isConstant) continue;
    if (++found > MAX_FINDINGS) break;
    const data = { operation: code.describe(before), at: hex8(address), now: hex8(now), owner: code.describe(now) };
    yield finding("operation", data, { at: address, before, now, constant: isConstant });
  }
  yield row({ what: "static function pointers that changed since the boot", count: changes.length });
}

function* notifiers(kernel: Kernel, code: CodeMap): Generator<Observation> {
  const chains = notifierChains(kernel);
  if (chains.length === 0) yield cannotTell("notifier chains: no function that registers for one was found");
  let count = 0;
  for (const { name, blocks, brokenAt } of chains) {
    count += blocks.length;
    if (brokenAt !== undefined) {
      yield finding("broken-chain", { chain: name, at: hex8(brokenAt) }, { at: brokenAt });
    }
    for (const { address, callback } of blocks) {
      if (code.isKnown(callback) || isInitCode(kernel, callback)) continue;
      const data = { chain: name, callback: hex8(callback), owner: code.describe(callback) };
      yield finding("notifier", data, { block: address, callback });
    }
  }
  yield row({ what: `notifiers on ${chains.length} chains`, count });
}

/** Code that was thrown away after the boot; a chain for hotplug that never comes may still name it. */
function isInitCode({ symbols }: Kernel, address: number): boolean {
  const start = symbols.find("_sinittext");
  const end = symbols.find("_einittext");
  return start !== undefined && end !== undefined && address >= start && address < end;
}

function* netfilter(kernel: Kernel, code: CodeMap): Generator<Observation> {
  const hooks = netfilterHooks(kernel.space, kernel.symbols, kernel.map.pageOffset - (16 << 20));
  if (hooks === undefined) return;
  for (const { at, callback } of hooks) {
    if (code.isKnown(callback)) continue;
    yield finding("netfilter", { callback: hex8(callback), owner: code.describe(callback) }, { at, callback });
  }
  yield row({ what: "netfilter hooks", count: hooks.length });
}

function* run(kernel: Kernel): Generator<Observation> {
  const code = kernel.codeMap();
  const { bootImage } = kernel;
  if (bootImage.known) yield* staticPointers(kernel, code, bootImage.value);
  else yield cannotTell(`static function pointers: ${bootImage.reason}`);
  yield* notifiers(kernel, code);
  yield* netfilter(kernel, code);
}

export const hooks: Check = {
  id: "hooks",
  title: "function pointers of operations, notifiers and netfilter",
  severity: "critical",
  view: "pointers in constants and data against the boot image, notifier chains, netfilter's hooks, and whose code they lead to",
  cost: "about one load a KB of data, 5 a notifier",
  needs: ["symbols", "text-range", "module-list"],
  columns: [
    { name: "what", heading: "", type: "text" },
    { name: "count", heading: "", type: "number" },
  ],
  messages: {
    operation: "the operation {operation} at {at} was replaced by {now}, {owner}",
    notifier: "a notifier on {chain} calls {callback}, {owner}",
    "broken-chain": "the chain {chain} has a broken link at {at}",
    netfilter: "a netfilter hook calls {callback}, {owner}",
  },
  run,
};
