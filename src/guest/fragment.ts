/** Kernel configuration fragments: lines `CONFIG_X=value` and `# CONFIG_X is not set`, of which the last one counts. */

/** The option that a line sets or unsets, or `undefined` for comments. */
const optionOf = (line: string): string | undefined => /^(?:# )?(CONFIG_\w+)(?:=| is not set$)/.exec(line)?.[1];

/** `base` without the options that `more` speaks of, then `more`. */
export function mergedFragment(base: Uint8Array, more: Uint8Array): Uint8Array {
  const linesOf = (fragment: Uint8Array): string[] => Buffer.from(fragment).toString("utf8").trimEnd().split("\n");
  const added = linesOf(more);
  const changed = new Set(added.map(optionOf));
  const kept = linesOf(base).filter((line) => {
    const option = optionOf(line);
    return option === undefined || !changed.has(option);
  });
  return Buffer.from(`${[...kept, ...added].join("\n")}\n`, "utf8");
}
