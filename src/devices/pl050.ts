/** PL050 keyboard and mouse interface with its PS/2 peripheral; ARM DDI 0143C chapter 3. */
import { popCount, type State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import type { Ps2Peripheral } from "./ps2-peripheral.ts";
import { StateReader } from "./state-reader.ts";

type Port = Pl050<Ps2Peripheral>;

const table = {
  KMICR: at(
    0x00,
    {
      FKMIC: bit(0).rw<Port>(),
      FKMID: bit(1).rw<Port>(),
      KMIEn: bit(2).rw<Port>(),
      KMITXINTREn: bit(3).rw<Port>(),
      KMIRXINTREn: bit(4).rw<Port>(),
      KMIType: bit(5).todo<Port>(),
    },
    { onWrite: (s: Port) => s.update() },
  ),
  KMISTAT: at(0x04, {
    KMID: bit(0).ro((s: Port) => 1 - s.forcedLow("FKMID")),
    KMIC: bit(1).ro((s: Port) => 1 - s.forcedLow("FKMIC")),
    RXPARITY: bit(2).ro((s: Port) => s.parity()),
    RXBUSY: bit(3).ro<Port>(),
    RXFULL: bit(4).ro((s: Port) => (s.isReceiveFull ? 1 : 0)),
    TXBUSY: bit(5).ro<Port>(),
    // A byte is with the peripheral as soon as it is written.
    TXEMPTY: bit(6).ro<Port>(() => 1),
  }),
  KMIDATA: at(0x08, {
    data: bits(0, 8).rw({
      read: (s: Port) => s.receive(),
      peek: (s: Port) => s.received,
      write: (s: Port, value) => s.transmit(value),
    }),
  }),
  KMICLKDIV: at(0x0c, { divisor: bits(0, 4).rw<Port>() }),
  KMIIR: at(0x10, {
    KMIRXINTR: bit(0).ro((s: Port) => (s.isReceiveInterrupt ? 1 : 0)),
    KMITXINTR: bit(1).ro((s: Port) => (s.isTransmitInterrupt ? 1 : 0)),
  }),
  ...primeCellId<Port>(0x00041050),
};

/** Output 0 is the combined interrupt. */
export class Pl050<P extends Ps2Peripheral> implements MmioDevice {
  readonly name: string;
  /** The keyboard or mouse; its inject methods are how keys and motion come in. */
  readonly peripheral: P;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Port>;
  /** The byte that was read last. */
  received = 0;

  constructor(context: DeviceContext, peripheral: P) {
    this.context = context;
    this.name = context.name;
    this.peripheral = peripheral;
    this.registers = new RegisterBlock<Port>(this, table, context.log);
    peripheral.onQueued = () => this.update();
  }

  reset(): void {
    this.registers.reset();
    this.received = 0;
    this.peripheral.reset();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  get isReceiveFull(): boolean {
    return this.isOpen && this.peripheral.hasOutput;
  }

  get isReceiveInterrupt(): boolean {
    return this.isReceiveFull && (this.registers.values.KMICR & 0x10) !== 0;
  }

  get isTransmitInterrupt(): boolean {
    return this.isOpen && (this.registers.values.KMICR & 0x08) !== 0;
  }

  forcedLow(line: "FKMIC" | "FKMID"): number {
    return (this.registers.values.KMICR >>> (line === "FKMIC" ? 0 : 1)) & 1;
  }

  /** PS/2 has odd parity. */
  parity(): number {
    return (popCount(this.received) & 1) ^ 1;
  }

  receive(): number {
    if (this.isReceiveFull) this.received = this.peripheral.take();
    this.update();
    return this.received;
  }

  transmit(byte: number): void {
    if (this.isOpen) this.peripheral.receive(byte);
    else this.context.log.warnOnce("byte sent to the PS/2 peripheral while the interface is off; dropped");
  }

  update(): void {
    irqOutput(this.context, 0).set(this.isReceiveInterrupt || this.isTransmitInterrupt);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      received: this.received,
      peripheral: this.peripheral.save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.received = reader.number("received", 0, 0xff);
    this.peripheral.restore(reader.object("peripheral"));
    this.update();
  }

  /** On, and the clock line is free for the peripheral. */
  private get isOpen(): boolean {
    return (this.registers.values.KMICR & 0x05) === 0x04;
  }
}
