/**
 * Netfilter's hooks: `struct nf_hook_entries`, to which a network namespace points, holds functions and, behind them,
 * the operations they come from, which name the same function (net/netfilter/core.c, since 4.14).
 */
import type { AddressSpace } from "./address-space.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";

export interface NetfilterHook {
  /** Where the pointer to the function lies. */
  readonly at: number;
  readonly callback: number;
}

/** `struct net` with every protocol. */
const NET_BYTES = 0x1000;
/** MAX_HOOK_COUNT. */
const MAX_HOOKS = 1024;
const ENTRY_BYTES = 8;
/** Before `nf_hook_ops.hook` there is a list or an RCU head in some versions. */
const OPS_WORDS = 6;

function hooksAt(space: AddressSpace, entries: number): NetfilterHook[] {
  const count = space.readU32(entries);
  if (count === undefined || count === 0 || count > MAX_HOOKS) return [];
  const hooks: NetfilterHook[] = [];
  const operations = entries + 4 + count * ENTRY_BYTES;
  for (let index = 0; index < count; index++) {
    const at = entries + 4 + index * ENTRY_BYTES;
    const callback = space.readU32(at);
    const ops = space.readU32(operations + index * 4);
    if (callback === undefined || ops === undefined || ops === 0 || callback === 0) return [];
    // An operation that is being taken away is replaced by a dummy, so one of them may differ.
    hooks.push({ at, callback });
  }
  const agree = hooks.filter(({ callback }, index) => {
    const ops = space.readU32(operations + index * 4) ?? 0;
    return Array.from({ length: OPS_WORDS }, (_, word) => space.readU32(ops + word * 4)).includes(callback);
  });
  return agree.length > 0 ? hooks : [];
}

/** Every hook of the first network namespace; `undefined` when the kernel has no netfilter. */
export function netfilterHooks(
  space: AddressSpace,
  symbols: KernelSymbols,
  lowest: number,
): NetfilterHook[] | undefined {
  const net = symbols.find("init_net");
  if (net === undefined || symbols.find("nf_register_net_hook") === undefined) return undefined;
  const hooks: NetfilterHook[] = [];
  const seen = new Set<number>();
  for (let at = net; at < net + NET_BYTES; at += 4) {
    const entries = space.readU32(at);
    if (entries === undefined || entries < lowest || (entries & 3) !== 0 || seen.has(entries)) continue;
    seen.add(entries);
    hooks.push(...hooksAt(space, entries));
  }
  return hooks;
}
