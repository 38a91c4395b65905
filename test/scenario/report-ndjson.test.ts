import { describe, expect, it } from "vitest";
import { resultEvent, summaryEvent } from "../../src/scenario/report-ndjson.ts";
import { report, results } from "./sample-report.ts";

describe("results as JSON", () => {
  it("name their schema, and leave the journal to its own file", () => {
    const event = resultEvent({ ...results[2], journal: {} as never });
    expect(event).toMatchObject({ schema: "komainu.test/1", event: "scenario", verdict: "failed" });
    expect(event).not.toHaveProperty("journal");
    expect(summaryEvent(report)).toMatchObject({ event: "result", all: 5, passed: 2, hostMs: 1500 });
  });
});
