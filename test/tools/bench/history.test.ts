import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../tools/bench/csv.ts";
import { appendHistory, historyColumns, historyRow } from "../../../tools/bench/history.ts";
import { summarize } from "../../../tools/bench/summary.ts";
import { givenConditions, givenFolder, givenSamples } from "./samples.ts";

const recorded = join(import.meta.dirname, "../../../bench/history.csv");

describe("history of measurements", () => {
  it("has a value or nothing for every column", () => {
    const row = historyRow(summarize(givenSamples()), givenConditions());
    expect(row).toHaveLength(historyColumns.length);
    const named = Object.fromEntries(historyColumns.map((column, i) => [column, row[i]]));
    expect(named).toMatchObject({
      date: "2026-01-02 03:04:05",
      commit: "abc1234",
      board: "versatilepb",
      size: "full",
      rounds: "1",
      speed_geomean_first: "0.500",
      boot_cold_time: "1.500",
      boot_warm_time: "0.050",
      speed_geomean: "0.500",
      speed_min: "0.500",
      speed_sha256: "0.500",
      speed_md5: "",
      mips: "100.000",
      note: "quiet night",
    });
  });

  it("begins a file with its columns and adds one line a run", () => {
    const path = join(givenFolder(), "bench", "history.csv");
    const row = historyRow(summarize(givenSamples()), { ...givenConditions(), note: 'a "note", two' });
    appendHistory(path, row);
    appendHistory(path, row);
    expect(parseCsv(readFileSync(path, "utf8"))).toEqual([historyColumns, row, row]);
  });

  it("refuses a file of other columns and leaves it as it was", () => {
    const path = join(givenFolder(), "history.csv");
    writeFileSync(path, "date,speed\n2025-01-01,1\n");
    const row = historyRow(summarize(givenSamples()), givenConditions());
    expect(() => appendHistory(path, row)).toThrow(expect.objectContaining({ code: "bench-history-columns" }));
    expect(readFileSync(path, "utf8")).toBe("date,speed\n2025-01-01,1\n");
  });

  it("of this repository has the columns that are written now", () => {
    const [columns, ...rows] = parseCsv(readFileSync(recorded, "utf8"));
    expect(columns).toEqual(historyColumns);
    for (const row of rows) expect(row).toHaveLength(historyColumns.length);
  });
});
