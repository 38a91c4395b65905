/** Numbers as the console takes them: `0x` hexadecimal, leading-zero octal, decimal. Anything else is refused. */

/** A whole number from 0 to 2^53, or `undefined`. */
export function parseNumber(text: string): number | undefined {
  const value = /^0[xX][0-9a-fA-F]+$/.test(text)
    ? Number.parseInt(text.slice(2), 16)
    : /^0[0-7]+$/.test(text)
      ? Number.parseInt(text, 8)
      : /^(0|[1-9][0-9]*)$/.test(text)
        ? Number.parseInt(text, 10)
        : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** Decimal digits only; ids and counts are written so. */
export function parseDecimal(text: string): number | undefined {
  const value = /^[0-9]+$/.test(text) ? Number.parseInt(text, 10) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** Hexadecimal digits with or without `0x`. */
export function parseHex(text: string): number | undefined {
  const value = /^(0[xX])?[0-9a-fA-F]+$/.test(text) ? Number.parseInt(text.replace(/^0x/i, ""), 16) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}
