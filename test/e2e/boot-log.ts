/** What a guest prints while it boots, made equal where builds of one kernel differ. */

/** What differs from one build of the kernel to the next. */
const varying: readonly (readonly [RegExp, string])[] = [
  // The shell asks the terminal for its width.
  [/\x1b\[6n/g, ""],
  [/\r\n/g, "\n"],
  [/^\[ *\d+\.\d{6}\]/gm, "[<time>]"],
  [/\b\d+K\b/g, "<n>K"],
  [/static identity map for .*/g, "static identity map for <addresses>"],
  [/BusyBox v\S+ \(.*?\)(?= built)/g, "BusyBox <version>"],
  [/\d+\.\d+ BogoMIPS/g, "<n> BogoMIPS"],
  [/lpj=\d+/g, "lpj=<n>"],
  [/\(order: \d+, \d+ bytes/g, "(order: <n>, <n> bytes"],
];

/** The console's text without what another build, or another speed, changes; the kernel's version stays. */
export const normalized = (text: string): string =>
  varying.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
