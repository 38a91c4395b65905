import { describe, expect, it } from "vitest";
import { Zero } from "../../src/devices/zero.ts";
import { ambaId } from "./device-checks.ts";
import { bench } from "./test-context.ts";

describe("Zero", () => {
  it("reads zero after any write, so that the AMBA bus finds no part there", () => {
    const board = bench();
    const zero = new Zero(board.context);
    zero.write();
    expect([zero.read(), ambaId(zero), board.log.length]).toEqual([0, 0, 0]);
  });
});
