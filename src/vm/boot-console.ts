/** What a board's boot loader leaves behind in the console's UART: transmitting, 115200 baud, 8N1; ARM DDI 0183, 3.3. */
import type { Profile, ProfileDevice } from "../board/index.ts";
import type { MmioDevice } from "../device/index.ts";

/** PL011 register offsets. */
const UARTIBRD = 0x024;
const UARTFBRD = 0x028;
const UARTLCR_H = 0x02c;
const UARTCR = 0x030;

const FEN = 1 << 4;
const WLEN_8 = 3 << 5;
const UARTEN = 1 << 0;
const TXE = 1 << 8;

const BAUD = 115_200;
/** UARTCLK of a PL011 whose profile names no `clockHz`. */
const USUAL_CLOCK_HZ = 24_000_000;

/** The baud rate divisor, UARTCLK / (16 * baud), in 64ths: UARTIBRD above UARTFBRD. */
function baudDivisor64({ options }: ProfileDevice): number {
  const clockHz = typeof options.clockHz === "number" ? options.clockHz : USUAL_CLOCK_HZ;
  return Math.round((clockHz * 64) / (16 * BAUD));
}

/** The serial device that a board's kernels use as console: uart0, or the first where there is none. */
export function consoleDevice({ devices }: Profile): ProfileDevice | undefined {
  const ports = devices.filter(({ serial }) => serial);
  return ports.find(({ name }) => name === "uart0") ?? ports[0];
}

/**
 * Sets the console up through its registers, for kernels that write to it before their driver does (`earlycon`). The
 * receiver stays off, unlike after a real loader: a driver empties the FIFO when it starts, and what was typed before
 * that would be lost.
 */
export function enableBootConsole(profile: Profile, devices: ReadonlyMap<string, MmioDevice>): void {
  const port = consoleDevice(profile);
  const device = port?.model === "pl011" ? devices.get(port.name) : undefined;
  if (port === undefined || device === undefined) return;
  const divisor64 = baudDivisor64(port);
  device.write(UARTIBRD, divisor64 >>> 6, 4);
  device.write(UARTFBRD, divisor64 & 0x3f, 4);
  device.write(UARTLCR_H, WLEN_8 | FEN, 4);
  device.write(UARTCR, UARTEN | TXE, 4);
}
