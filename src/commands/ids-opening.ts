/** `ids cost symbols`: what finding a guest's kernel in its memory takes, from nothing. */
import { Status } from "../base/index.ts";
import type { CommandResult } from "../shell/index.ts";
import type { Guest } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { openAnew } from "./guest-kernel.ts";

/** Opens the kernel anew: page table, symbols, exports, version line. Throws what `openKernel` does. */
export function costOfOpening({ hv, nowMs }: CommandContext, guest: Guest): CommandResult {
  const executedBefore = hv.control.instructions();
  const { opening, symbols } = openAnew(hv, guest, nowMs);
  const milliseconds = opening.milliseconds === undefined ? null : Math.round(opening.milliseconds * 10) / 10;
  const instructions = hv.control.instructions() - executedBefore;
  const { kallsyms, exports } = symbols;
  const found = {
    kallsyms: kallsyms.known ? kallsyms.value.size : 0,
    exports: exports.known ? exports.value.size : 0,
  };
  const data = { check: "symbols", ...found, ...opening, instructions, milliseconds };
  const time = milliseconds === null ? "time not measured" : `${milliseconds} milliseconds`;
  const text =
    `symbols: ${found.kallsyms} names and ${found.exports} exports in ${opening.imageBytes >>> 10} KiB of kernel, ` +
    `${opening.loads} translated loads, ${instructions} guest instructions, ${time}\n`;
  return { code: Status.ok, text, data };
}
