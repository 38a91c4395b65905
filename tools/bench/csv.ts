/** Comma-separated values as RFC 4180 has them, with LF line ends. */

const field = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export const csvLine = (fields: readonly string[]): string => `${fields.map(field).join(",")}\n`;

/** The records of a text; the last line end may be missing. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const fields = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (fields.lastIndex < text.length) {
    const at = fields.lastIndex;
    const match = fields.exec(text);
    if (match === null) throw new Error(`no CSV field at character ${at}`);
    const [, quoted, plain, separator] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (separator === ",") {
      if (fields.lastIndex === text.length) record.push("");
      else continue;
    }
    records.push(record);
    record = [];
  }
  if (record.length > 0) records.push(record);
  return records;
}
