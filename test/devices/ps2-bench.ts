/** A PL050 with its peripheral, used as a driver uses it. */
import { expect } from "vitest";
import type { MmioDevice } from "../../src/device/index.ts";
import { Pl050 } from "../../src/devices/pl050.ts";
import { Ps2Keyboard } from "../../src/devices/ps2-keyboard.ts";
import { Ps2Mouse } from "../../src/devices/ps2-mouse.ts";
import { bench } from "./test-context.ts";

export const [CR, STAT, DATA, IIR] = [0x00, 0x04, 0x08, 0x10];
export const RXFULL = 0x10;
export const TXEMPTY = 0x40;

function given<P extends Ps2Keyboard | Ps2Mouse>(create: (around: ReturnType<typeof bench>) => P) {
  const around = bench();
  const port = new Pl050(around.context, create(around));
  port.reset();
  port.write(CR, 0x14, 1);
  return { ...around, port, irq: around.irqs[0] };
}

export const givenKeyboard = () => given((around) => new Ps2Keyboard(around.context.log));
export const givenMouse = () => given((around) => new Ps2Mouse(around.context.log));

/** Everything that waits in the receive register, read as the driver's interrupt handler reads it. */
export function drain(port: MmioDevice): number[] {
  const bytes: number[] = [];
  while ((port.read(IIR, 1) & 1) !== 0 && bytes.length < 1000) bytes.push(port.read(DATA, 1));
  return bytes;
}

export function ask(port: MmioDevice, ...bytes: number[]): number[] {
  return bytes.flatMap((byte) => {
    expect(port.read(STAT, 1) & TXEMPTY).toBe(TXEMPTY);
    port.write(DATA, byte, 1);
    return drain(port);
  });
}
