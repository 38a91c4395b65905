import { describe, expect, it } from "vitest";
import { Sp810 } from "../../src/devices/sp810.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const SCCTRL = 0x000;
const SCSYSSTAT = 0x004;
const SCPEREN = 0x024;
const SCPERDIS = 0x028;
const SCPERCLKEN = 0x02c;

function given() {
  const board = bench();
  const controller = new Sp810(board.context);
  controller.reset();
  return { ...board, controller, read: (offset: number) => readWord(controller, offset) };
}

describe("Sp810", () => {
  it("is in DOZE after reset, with the id of the part", () => {
    const { controller, read } = given();
    expect([read(SCCTRL), ambaId(controller)]).toEqual([0x9, 0x00041810]);
  });

  it("reports the mode that was asked for", () => {
    const { controller, read } = given();
    const status = (mode: number) => {
      controller.write(SCCTRL, mode, 4);
      return (read(SCCTRL) >> 3) & 0xf;
    };
    expect([0, 1, 2, 3, 4, 7].map(status)).toEqual([0, 1, 2, 2, 4, 4]);
  });

  it("keeps the clock selection of the four timers as the board code writes it", () => {
    const { controller, read, log } = given();
    const select = (1 << 15) | (1 << 17) | (1 << 19) | (1 << 21);
    controller.write(SCCTRL, select | read(SCCTRL), 4);
    expect(read(SCCTRL)).toBe(select | 0x9);
    expect(log).toEqual([]);
  });

  it("resets the board for any write to SCSYSSTAT", () => {
    const { controller, requests } = given();
    controller.write(SCSYSSTAT, 0, 4);
    expect(requests.resets).toBe(1);
  });

  it("opens and closes clock gates by ones", () => {
    const { controller, read } = given();
    controller.write(SCPERDIS, 0xf0, 4);
    controller.write(SCPEREN, 0x10, 4);
    expect(read(SCPERCLKEN)).toBe(0xffffff1f);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.controller.write(SCCTRL, 4 | (1 << 15), 4);
    first.controller.write(SCPERDIS, 1, 4);
    const copy = restored(first.controller, bench().context, Sp810);
    expect([SCCTRL, SCPERCLKEN].map((offset) => readWord(copy, offset))).toEqual([0x8024, 0xfffffffe]);
  });
});
