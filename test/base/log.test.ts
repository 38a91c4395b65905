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

  it("may say nothing", () => {
    expect(() => silentLogger().error("x")).not.toThrow();
  });
});
