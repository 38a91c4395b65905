import { describe, expect, it } from "vitest";
import { PanicWatch } from "../../src/main/panic-watch.ts";

const REASON = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b";

const given = (text: string): PanicWatch => {
  const watch = new PanicWatch();
  for (const byte of Buffer.from(text, "latin1")) watch.feed(byte);
  return watch;
};

describe("the watch for panics", () => {
  it("sees the reason when its line is complete, and the end when the kernel has said all", () => {
    const begun = given(`[    1.5] ${REASON}`);
    expect([begun.reason, begun.isOver]).toEqual([undefined, false]);
    const said = given(`[    1.5] ${REASON}\r\nCPU: 0 PID: 1\r\n`);
    expect([said.reason, said.isOver]).toEqual([REASON, false]);
    const over = given(`${REASON}\r\nCPU: 0\r\n---[ end ${REASON} ]---\r\n`);
    expect([over.reason, over.isOver]).toEqual([REASON, true]);
  });

  it("takes the announcement of a reboot for the end", () => {
    expect(given(`${REASON}\nRebooting in 5 seconds..\n`).isOver).toBe(true);
  });

  it("keeps the first reason", () => {
    expect(given(`${REASON}\nKernel panic - not syncing: second\n`).reason).toBe(REASON);
  });

  it("is not deceived by talk of reboots without a panic", () => {
    const watch = given("Rebooting in 5 seconds\n---[ end trace 0 ]---\n");
    expect([watch.reason, watch.isOver]).toEqual([undefined, false]);
  });

  it("keeps no more of a line than it needs", () => {
    expect(given(`${"x".repeat(5_000)}${REASON}\n`).reason).toBeUndefined();
    expect(given(`${REASON}${"x".repeat(5_000)}\n`).reason).toHaveLength(1_024);
  });
});
