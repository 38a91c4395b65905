import { describe, expect, it, vi } from "vitest";
import { parsePattern } from "../../src/scenario/pattern.ts";
import { Watch } from "../../src/scenario/watch.ts";

const given = () => {
  const watch = new Watch([parsePattern("panic")]);
  watch.onMatch = vi.fn();
  const print = (text: string, port = "uart0") => {
    for (const byte of Buffer.from(text)) watch.feed(port, byte);
  };
  print("panic at boot\n");
  watch.begin("uart0");
  return { watch, print };
};

describe("Watch", () => {
  it("stops the machine at the very byte that completes a pattern", () => {
    const { watch, print } = given();
    watch.await("uart0", [parsePattern("login:")]);
    print("login");
    expect(watch.match).toBeUndefined();
    print(": root");
    expect(watch.match?.source).toBe("login:");
    expect(watch.onMatch).toHaveBeenCalledTimes(1);
    watch.rest();
    watch.await("uart0", [parsePattern("root")]);
    expect(watch.match?.source).toBe("root");
  });

  it("tells forbidden patterns on the console from then on, and on no other port", () => {
    const { watch, print } = given();
    print("panic\n", "uart1");
    expect(watch.violation).toBeUndefined();
    print("panic");
    expect(watch.violation?.source).toBe("panic");
  });
});
