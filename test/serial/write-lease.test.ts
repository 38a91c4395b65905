import { describe, expect, it, vi } from "vitest";
import { LEASE_MS, newSeat, WriteLease } from "../../src/serial/write-lease.ts";

const keys = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("the keyboard of a port with several clients", () => {
  it("belongs to the first that types; the others are told once", () => {
    const lease = new WriteLease();
    const [a, b] = [newSeat(), newSeat()];
    expect(lease.typed(a, keys("x")).kind).toBe("pass");
    expect(lease.typed(b, keys("y"))).toEqual({ kind: "refused", isFirst: true });
    expect(lease.typed(b, keys("y"))).toEqual({ kind: "refused", isFirst: false });
    expect([lease.holds(a), lease.isOthers(b), lease.isOthers(a)]).toEqual([true, true, false]);
    lease.free();
  });

  it("is free again when its holder rests or goes", () => {
    vi.useFakeTimers();
    const lease = new WriteLease();
    const [a, b] = [newSeat(), newSeat()];
    lease.typed(a, keys("x"));
    vi.advanceTimersByTime(LEASE_MS - 1);
    lease.typed(a, keys("x"));
    vi.advanceTimersByTime(LEASE_MS - 1);
    expect(lease.typed(b, keys("y")).kind).toBe("refused");
    vi.advanceTimersByTime(2);
    expect(lease.typed(b, keys("y")).kind).toBe("pass");
    lease.release(b);
    expect(lease.typed(a, keys("x")).kind).toBe("pass");
    lease.free();
    vi.useRealTimers();
  });

  it("is taken over with Ctrl-T w, also in two pieces; the holder may send those bytes as data", () => {
    const lease = new WriteLease();
    const [a, b] = [newSeat(), newSeat()];
    expect(lease.typed(a, keys("\x14w")).kind).toBe("pass");
    expect(lease.typed(b, keys("\x14")).kind).toBe("refused");
    expect(lease.typed(b, keys("w"))).toEqual({ kind: "taken", from: a });
    expect(lease.typed(a, keys("x")).kind).toBe("refused");
    lease.free();
  });
});
