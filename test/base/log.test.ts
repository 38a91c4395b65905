import { describe, expect, it } from "vitest";
import { Logger, type LogRecord, silentLogger } from "../../src/base/index.ts";

const given = () => {
  const records: LogRecord[] = [];
  return { records, log: new Logger("uart0", (record) => records.push(record)) };
};

describe("a logger", () => {
  it("names level and source", () => {
    const { records, log } = given();
    log.info("a");
    log.child("uart1").error("b");
    expect(records).toEqual([
      { level: "info", source: "uart0", message: "a" },
      { level: "error", source: "uart1", message: "b" },
    ]);
  });

  it("says once what a guest may do a million times, for each message", () => {
    const { records, log } = given();
    for (let i = 0; i < 3; i++) {
      log.warnOnce("a");
      log.warnOnce("b");
    }
    expect(records.map(({ level, message }) => `${level} ${message}`)).toEqual(["warning a", "warning b"]);
  });

  it("says again what an earlier run said, and counts it as said", () => {
    const { records, log } = given();
    const uart1 = log.child("uart1");
    const earlier: LogRecord[] = [
      { level: "info", source: "loader", message: "a" },
      { level: "warning", source: "uart1", message: "b" },
    ];
    log.recall(earlier);
    expect(records).toEqual(earlier);
    uart1.warnOnce("b");
    expect(records).toEqual(earlier);
    log.warnOnce("b");
    uart1.warnOnce("c");
    uart1.warning("b");
    expect(records.slice(2).map(({ source, message }) => `${source} ${message}`)).toEqual([
      "uart0 b",
      "uart1 c",
      "uart1 b",
    ]);
  });

  it("passes on what another one said, as it was", () => {
    const { records, log } = given();
    const record: LogRecord = { level: "note", source: "somebody", message: "a" };
    log.pass(record);
    expect(records).toEqual([record]);
  });

  it("may say nothing", () => {
    expect(() => silentLogger().error("x")).not.toThrow();
  });
});
