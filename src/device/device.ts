/**
 * What a device is to the machine: registers on the bus, a reset, and a state.
 *
 * A device knows neither CPU nor VM. It gets interrupt lines, the clock and its back ends in the constructor, which
 * only assigns; work begins in `reset`.
 */
import type { Clock, LineEvent, Logger, State, Stateful } from "../base/index.ts";
import type { MmioHandler } from "../memory/index.ts";

/** A level-sensitive wire towards an interrupt controller (or any other input of a device). */
export interface IrqLine {
  set(level: boolean): void;
}

export interface Device extends Stateful {
  readonly name: string;
  /** Power-on and hypervisor `guest reset`: registers to their reset values, timers off, lines low. */
  reset(): void;
}

export interface MmioDevice extends Device, MmioHandler {}

/** A device that takes wires from others: an interrupt controller, a GPIO block. */
export interface IrqController extends Device {
  input(line: number): IrqLine;
}

/** A device with pins, `input(n)` of which the outside may drive. */
export interface PinBank extends IrqController {
  readonly pinCount: number;
  /** The level of a pin as a meter would show it. */
  level(pin: number): boolean;
}

/** Guest-physical memory as a bus master (virtio, DMA, display) sees it; false or `undefined` where no RAM is. */
export interface DmaMemory {
  read(address: number, target: Uint8Array): boolean;
  writeMemory(address: number, data: Uint8Array): boolean;
  readU32(address: number): number | undefined;
  /** The register of a device, as a bus master other than the CPU reads it; `undefined` where no device is. */
  readRegister(address: number): number | undefined;
  /** False where no device is. */
  writeRegister(address: number, value: number): boolean;
}

/** Where a UART's characters go. The device calls `transmit`; the back end calls what `onReceive` registered. */
export interface SerialBackend {
  /** Characters take the time that the line's rate says, both ways, and a far end at another rate reads other ones. */
  readonly isPaced?: boolean;
  transmit(byte: number): void;
  /** The guest changed its side of the line: rate and format, DTR and RTS, a break. */
  lineChanged?(event: LineEvent): void;
  /** The guest side can take `byte` now; false means "not now": the back end keeps it and waits for `onDrained`. */
  connect(guest: SerialReceiver): void;
}

export interface SerialReceiver {
  /** How many characters the guest side can take now. */
  readonly space: number;
  receive(byte: number): void;
  /** The far end changed its side of the line. */
  farLineChanged?(event: LineEvent): void;
  /** Set by the back end; called when `space` grew. */
  onDrained: () => void;
}

/** A disk's content, in whole sectors of 512 bytes. All calls are synchronous so that a run repeats exactly. */
export interface BlockBackend {
  readonly sectorCount: number;
  readonly isReadOnly: boolean;
  read(sector: number, target: Uint8Array): void;
  write(sector: number, data: Uint8Array): void;
  flush(): void;
  /** What was written, where that lies nowhere else: it is saved with the machine. */
  saveWritten?(): State;
  restoreWritten?(state: State): void;
}

/** Random bytes: from the host with a real clock, from a seed with the virtual one. */
export interface EntropyBackend {
  fill(target: Uint8Array): void;
}

/** Wall-clock time at power-on for real-time clocks; fixed by the profile when the clock is virtual. */
export interface WallClockBackend {
  /** Seconds since 1970 at virtual time zero. */
  readonly epochSeconds: number;
}

/** Everything a device model may use; the machine builder makes one for each device of the profile. */
export interface DeviceContext {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** The device's outputs, in the order in which the profile wires them; unwired ones go nowhere. */
  readonly irqs: readonly IrqLine[];
  readonly memory: DmaMemory;
  readonly serial: SerialBackend | undefined;
  readonly block: BlockBackend | undefined;
  readonly entropy: EntropyBackend;
  readonly wallClock: WallClockBackend;
  /** Asks the machine to reset or power off; done between two instructions. */
  readonly requestReset: () => void;
  readonly requestPowerOff: () => void;
  /** The profile's `options` of this device. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A line that leads nowhere. */
export const unconnected: IrqLine = { set: () => {} };

/** The n-th output of a context, or a line that leads nowhere. */
export const irqOutput = (context: DeviceContext, index: number): IrqLine => context.irqs[index] ?? unconnected;
