import { describe, expect, it } from "vitest";
import { loadBoard, type Profile } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { Pl011 } from "../../src/devices/pl011.ts";
import { consoleDevice, enableBootConsole } from "../../src/vm/boot-console.ts";
import { bench } from "../devices/test-context.ts";

const { profile } = loadBoard("versatilepb", { models: deviceModels });
const withDevices = (keep: (name: string) => boolean): Profile => ({
  ...profile,
  devices: profile.devices.filter(({ name }) => keep(name)),
});

describe("the console device", () => {
  it("is uart0, wherever it stands in the profile", () => {
    expect(consoleDevice(profile)?.name).toBe("uart0");
  });

  it("is the first serial port of a board without uart0", () => {
    expect(consoleDevice(withDevices((name) => name !== "uart0"))?.name).toBe("uart3");
    expect(consoleDevice(withDevices((name) => name === "rtc0"))).toBeUndefined();
  });
});

describe("the UART that a boot loader leaves", () => {
  const given = () => {
    const board = bench();
    const uart = new Pl011(board.context);
    uart.reset();
    return { ...board, uart, devices: new Map([["uart0", uart]]) };
  };

  it("sends what a kernel writes before its driver starts, without a complaint", () => {
    const { uart, devices, serial, log } = given();
    enableBootConsole(profile, devices);
    uart.write(0, 0x41, 4);
    expect(serial.text).toBe("A");
    expect(log).toEqual([]);
  });

  it.each([
    ["versatilepb", 24e6, [13, 1]],
    ["raspberrypi", 48e6, [26, 3]],
  ])("runs at 115200 baud on %s, whose UART has a clock of %d Hz", (name, clockHz, divisor) => {
    const board = loadBoard(name, { models: deviceModels }).profile;
    const { uart, devices } = given();
    enableBootConsole(board, devices);
    const [whole, fraction64] = [uart.read(0x24, 4), uart.read(0x28, 4)];
    expect([whole, fraction64]).toEqual(divisor);
    expect(Math.abs(clockHz / (16 * (whole + fraction64 / 64)) / 115_200 - 1)).toBeLessThan(0.001);
  });

  it("keeps what is typed until a driver switches the receiver on", () => {
    const { uart, devices, serial } = given();
    enableBootConsole(profile, devices);
    serial.type("early");
    expect(serial.backlog).toBe(5);
    uart.write(0x30, 0x301, 4);
    serial.type("");
    expect(uart.read(0, 4)).toBe("e".charCodeAt(0));
  });

  it("is left alone on a board whose console is another part or none", () => {
    const { uart, devices, serial, log } = given();
    enableBootConsole(
      withDevices((name) => name === "rtc0"),
      devices,
    );
    uart.write(0, 0x41, 4);
    expect([serial.text, log.length]).toEqual(["A", 1]);
  });
});
