/** `ids timers`: what the kernel will call, and when; a callback outside its own code and that of listed modules is a finding. */
import { hex8 } from "../base/index.ts";
import type { CodeMap, Kernel } from "../linux/index.ts";
import { walkHrTimers, walkTimers } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, passing, row } from "./check.ts";

interface Shown {
  readonly kind: "timer" | "hrtimer";
  readonly base: number;
  readonly expires: number;
  readonly callback: number;
  readonly address: number;
}

function* told(code: CodeMap, { kind, base, expires, callback, address }: Shown): Generator<Observation> {
  const owner = code.ownerOf(callback);
  const values = {
    kind,
    base,
    expires,
    function: code.describe(callback),
    owner: owner.kind === "module" ? owner.module.name : owner.kind,
    callback,
    timer: address,
  };
  if (code.isKnown(callback)) {
    yield row(values);
    return;
  }
  yield row(values, "not the kernel's code");
  const data = { kind, at: hex8(address), callback: hex8(callback), owner: code.describe(callback) };
  yield finding("callback", data, { timer: address, callback });
}

function* wheel(kernel: Kernel, code: CodeMap): Generator<Observation> {
  const bases = kernel.timerBases;
  if (!bases.known) {
    yield cannotTell(`timer_bases: ${bases.reason}`);
    return;
  }
  const { timers, brokenAt, inUpdate } = walkTimers(kernel, bases.value);
  if (inUpdate) yield passing("timer_bases: the kernel was stopped while it changed the wheel; run again");
  if (brokenAt !== undefined) yield finding("broken", { what: "wheel", at: hex8(brokenAt) }, { at: brokenAt });
  for (const timer of timers) yield* told(code, { kind: "timer", ...timer });
}

function* clocks(kernel: Kernel, code: CodeMap): Generator<Observation> {
  const bases = kernel.hrTimerBases;
  if (!bases.known) {
    yield cannotTell(`hrtimer_bases: ${bases.reason}`);
    return;
  }
  const { timers, brokenAt } = walkHrTimers(kernel, bases.value);
  if (brokenAt !== undefined) yield finding("broken", { what: "tree", at: hex8(brokenAt) }, { at: brokenAt });
  for (const { clock, expiresNs, ...timer } of timers) {
    yield* told(code, { kind: "hrtimer", base: clock, expires: expiresNs, ...timer });
  }
}

function* run(kernel: Kernel): Generator<Observation> {
  const code = kernel.codeMap();
  yield* wheel(kernel, code);
  yield* clocks(kernel, code);
}

export const timers: Check = {
  id: "timers",
  title: "timers and whose code they call",
  severity: "critical",
  view: "the slots of timer_bases, the trees of hrtimer_bases, and whose code their functions are",
  cost: "about 1,200 loads and 5 a timer",
  needs: ["symbols", "text-range", "module-list"],
  columns: [
    { name: "kind", heading: "KIND", type: "text" },
    { name: "base", heading: "BASE", type: "number" },
    { name: "expires", heading: "EXPIRES", type: "number" },
    { name: "owner", heading: "OWNER", type: "text" },
    { name: "function", heading: "FUNCTION", type: "text" },
    { name: "callback", type: "address" },
    { name: "timer", type: "address" },
  ],
  messages: {
    callback: "the {kind} at {at} calls {callback}, {owner}",
    broken: "the {what} of timers has a broken link at {at}",
  },
  run,
};
