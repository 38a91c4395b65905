/**
 * DesignWare USB 2.0 OTG core with nothing plugged in; no public manual: behaviour as Linux drivers/usb/dwc2 needs it.
 *
 * Resets, flushes and mode changes are done at once. The root port can be powered and never sees a device, so it is
 * never enabled and no frame is sent: a channel that is enabled stays so until it is halted. In device mode no host is
 * there either.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import { irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { type Dwc2Core, dwc2Registers, HOST_CHANNEL_COUNT } from "./dwc2-registers.table.ts";
import { optionInvalid } from "./errors.ts";
import { StateReader } from "./state-reader.ts";

/** Packet FIFOs, one page each, empty. */
const FIFOS = 0x1000;
/** GOTGCTL. */
const OTG_CONID_B = 1 << 16;
const OTG_ASESVLD = 1 << 18;
const OTG_BSESVLD = 1 << 19;
const OTG_CURMODE_HOST = 1 << 21;
/** GAHBCFG. */
const AHB_GLBL_INTR_EN = 1;
/** GUSBCFG. */
const USB_FORCE_HOST = 1 << 29;
const USB_FORCE_DEVICE = 1 << 30;
/** GRSTCTL. */
const RESET_CORE = 1;
/** GINTSTS. */
const INT_CURMOD = 1 << 0;
const INT_MODEMIS = 1 << 1;
const INT_NPTXFEMP = 1 << 5;
const INT_HCHINT = 1 << 25;
const INT_PTXFEMP = 1 << 26;
const INT_CONIDSTSCHNG = 1 << 28;
/** Bits that stay until they are written. */
const INT_LATCHED = INT_MODEMIS | INT_CONIDSTSCHNG;
/** HPRT0. */
const PORT_RES = 1 << 6;
const PORT_SUSP = 1 << 7;
const PORT_RST = 1 << 8;
const PORT_PWR = 1 << 12;
const PORT_TSTCTL = 0xf << 13;
/** HCCHAR and HCINT. */
const CHANNEL_ENABLE = 1 << 31;
const CHANNEL_DISABLE = 1 << 30;
const CHANNEL_HALTED = 1 << 1;
const CHANNEL_INTERRUPTS = 0x7ff;
/** A microframe, and the PHY clocks (60 MHz) in it. */
const MICROFRAME_NS = 125_000;
const MICROFRAME_CLOCKS = 7500;
const FRAME_NUMBER_MASK = 0x3fff;

/**
 * Output 0 is the interrupt. Option `connector` says which end of a cable is in the connector: `a` makes the core a
 * host, as a type A socket does, `b` or an empty OTG socket a device.
 */
export class Dwc2 implements MmioDevice, Dwc2Core {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly isConnectorA: boolean;
  private readonly registers: RegisterBlock<Dwc2Core>;
  private latched = 0;
  private port = 0;
  private channels: number[] = new Array(HOST_CHANNEL_COUNT).fill(0);

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    const { connector = "a" } = context.options;
    if (connector !== "a" && connector !== "b") throw optionInvalid(context.name, "connector", '"a" or "b"', connector);
    this.isConnectorA = connector === "a";
    this.registers = new RegisterBlock<Dwc2Core>(this, dwc2Registers, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.resetCore();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return offset >= FIFOS ? 0 : this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (offset < FIFOS) this.registers.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("data written to a packet FIFO; no device is there to get it");
  }

  get otgControl(): number {
    const session = this.isConnectorA ? OTG_ASESVLD | OTG_BSESVLD : OTG_CONID_B;
    return session | (this.isHost ? OTG_CURMODE_HOST : 0);
  }

  get interrupts(): number {
    let interrupts = this.latched | INT_NPTXFEMP;
    if (!this.isHost) return interrupts;
    interrupts |= INT_CURMOD | INT_PTXFEMP;
    return (this.channelInterrupts & this.registers.values.HAINTMSK) !== 0 ? interrupts | INT_HCHINT : interrupts;
  }

  /** Counted down within the microframe, and up with each, as virtual time goes. */
  get frameNumber(): number {
    const nowNs = this.context.clock.nowNs();
    const frame = Math.floor(nowNs / MICROFRAME_NS);
    const passed = Math.floor(((nowNs - frame * MICROFRAME_NS) * MICROFRAME_CLOCKS) / MICROFRAME_NS);
    return ((MICROFRAME_CLOCKS - 1 - passed) << 16) | (frame % (FRAME_NUMBER_MASK + 1));
  }

  /** Power and test mode as written, and a line without a device. */
  get portStatus(): number {
    return this.isHost ? this.port : 0;
  }

  get channelInterrupts(): number {
    const { values } = this.registers;
    return this.channels.reduce(
      (mask, status, index) => ((status & values[`HCINTMSK${index}`]) !== 0 ? mask | (1 << index) : mask),
      0,
    );
  }

  channelStatus(index: number): number {
    return this.channels[index];
  }

  ahbConfigWritten(): void {
    this.update();
  }

  usbConfigWritten(): void {
    this.update();
  }

  /** The core keeps the forced mode through a reset of itself. */
  resetControl(value: number): void {
    if ((value & RESET_CORE) === 0) return;
    const { GUSBCFG } = this.registers.values;
    this.registers.reset();
    this.registers.values.GUSBCFG |= GUSBCFG & (USB_FORCE_HOST | USB_FORCE_DEVICE);
    this.resetCore();
  }

  clearInterrupts(ones: number): void {
    this.latched &= ~(ones & INT_LATCHED);
    this.update();
  }

  interruptMaskWritten(): void {
    this.update();
  }

  portWritten(value: number): void {
    if (!this.isHost) {
      this.latched |= INT_MODEMIS;
      this.update();
      return;
    }
    // Without power there is nothing to reset or suspend.
    const kept = (value & PORT_PWR) === 0 ? 0 : PORT_PWR | PORT_RST | PORT_SUSP | PORT_RES | PORT_TSTCTL;
    this.port = value & kept;
  }

  /** A halt is answered at once. */
  channelCharacteristicsWritten(index: number, value: number): void {
    if ((value & CHANNEL_DISABLE) === 0) return;
    this.registers.values[`HCCHAR${index}`] &= ~CHANNEL_ENABLE;
    this.channels[index] |= CHANNEL_HALTED;
    this.update();
  }

  clearChannel(index: number, ones: number): void {
    this.channels[index] &= ~ones;
    this.update();
  }

  private get isHost(): boolean {
    const { GUSBCFG } = this.registers.values;
    if ((GUSBCFG & USB_FORCE_HOST) !== 0) return true;
    return (GUSBCFG & USB_FORCE_DEVICE) === 0 && this.isConnectorA;
  }

  private resetCore(): void {
    this.latched = 0;
    this.port = 0;
    this.channels.fill(0);
    this.update();
  }

  private update(): void {
    const { GAHBCFG, GINTMSK } = this.registers.values;
    const isRaised = (GAHBCFG & AHB_GLBL_INTR_EN) !== 0 && (this.interrupts & ~INT_CURMOD & GINTMSK) !== 0;
    irqOutput(this.context, 0).set(isRaised);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      latched: this.latched,
      port: this.port,
      channels: [...this.channels],
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.latched = reader.number("latched");
    this.port = reader.number("port");
    const channels = reader.numbers("channels", HOST_CHANNEL_COUNT, 0, CHANNEL_INTERRUPTS);
    this.channels = this.channels.map((_, index) => channels[index] ?? 0);
    this.update();
  }
}
