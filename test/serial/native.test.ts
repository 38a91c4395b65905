import { closeSync, openSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nativeCalls, Request } from "../../src/serial/native.ts";

describe("the system calls that Node has not", () => {
  it("are there, and say when they fail", async () => {
    const native = await nativeCalls();
    const fd = openSync("/dev/null", "r");
    const copy = native.dup(fd);
    expect(copy).toBeGreaterThan(fd);
    expect(readFileSync(copy, "utf8")).toBe("");
    expect(native.ioctl(fd, Request.getTermios, Buffer.alloc(44))).toBe(-1);
    closeSync(copy);
    closeSync(fd);
    expect(native.dup(99_999)).toBe(-1);
  });
});
