/**
 * Asynchronous AXI bridges between the BCM2835's bus and its V3D, ISP and H264 blocks; Linux, bcm2835-power.c.
 *
 * A bridge stops when asked and says so; nothing is ever in flight, so it does both at once.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const PASSWORD = 0x5a;
/** "BRDG". */
const BRIDGE_ID = 0x62726467;
const REQ_STOP = 1;

/** After power-on all bridges stand still, for the blocks behind them are off. */
const bridge = (offset: number, name: string): Record<string, RegisterSpec<Bcm2835Asb>> => ({
  [name]: at(
    offset,
    {
      REQ_STOP: bit(0).rw(),
      ACK: bit(1).ro((s) => s.isStopRequested(name)),
      EMPTY: bit(2).ro(() => 1),
      FULL: bit(3).ro(() => 0),
      control: bits(4, 20).rw(),
    },
    { reset: REQ_STOP },
  ),
});

const table: Record<string, RegisterSpec<Bcm2835Asb>> = {
  BRDG_VERSION: at(0x00, { version: word().ro() }),
  CPR_CTRL: at(0x04, { control: bits(0, 24).rw() }),
  ...bridge(0x08, "V3D_S_CTRL"),
  ...bridge(0x0c, "V3D_M_CTRL"),
  ...bridge(0x10, "ISP_S_CTRL"),
  ...bridge(0x14, "ISP_M_CTRL"),
  ...bridge(0x18, "H264_S_CTRL"),
  ...bridge(0x1c, "H264_M_CTRL"),
  AXI_BRDG_ID: at(0x20, { id: word().ro() }, { reset: BRIDGE_ID }),
};

export class Bcm2835Asb implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly regs: RegisterBlock<Bcm2835Asb>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.regs = new RegisterBlock<Bcm2835Asb>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (value >>> 24 === PASSWORD && sizeBytes === 4) this.regs.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("a write without the password 0x5a was ignored");
  }

  isStopRequested(name: string): number {
    return this.regs.values[name] & REQ_STOP;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values } };
  }

  restore(state: State): void {
    this.regs.values = new StateReader(state, this.name).registers("registers", this.regs.values);
  }
}
