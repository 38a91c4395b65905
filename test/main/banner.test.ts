import { afterAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { bannerText } from "../../src/main/banner.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

describe("the banner", () => {
  const board = new TinyBoard(READY_TEXT, "wait");
  afterAll(() => board.dispose());

  it("says what this machine really is, and what to type", () => {
    const powered = powerOn({ board: board.path, clock: "real", log: silentLogger(), env: {} });
    const text = bannerText(powered, "real");
    expect(text).toMatch(/^Komainu v\d+\.\d+\.\d+ \(/m);
    expect(text).toContain("INIT: ram: bank0 phys=0x00000000 size=268435456\n");
    const host = powered.machine.hypervisor.guests[0].regions[0].allocation!.address;
    expect(text).toMatch(
      new RegExp(`guest0: mem0: 96 MiB at 0x00000000, host 0x${host.toString(16).padStart(8, "0")}`, "i"),
    );
    expect(text).toMatch(/guest kick guest0 +starts/);
    const ownLines = text.split("\n").filter((line) => !line.startsWith("INIT: loader"));
    expect(Math.max(...ownLines.map((line) => line.length))).toBeLessThan(80);
  });
});
