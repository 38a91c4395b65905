/**
 * PL181 multimedia card interface with an empty slot; ARM DDI 0205B chapter 3.
 *
 * Without a card no command is ever answered: those that expect a response time out, the others are just sent.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const CMDTIMEOUT = 1 << 2;
const DATATIMEOUT = 1 << 3;
const CMDSENT = 1 << 7;
/** Bits that stay until MCIClear; the others follow the FIFO, which never holds anything. */
const STATIC_STATUS = 0x7ff;

const COMMAND_RESPONSE = 1 << 6;
const COMMAND_ENABLE = 1 << 10;

const FIFO_OFFSET = 0x80;
const FIFO_END = 0xc0;

const mask = (offset: number) => at(offset, { bits: bits(0, 22).rw<Pl181>() }, { onWrite: (s: Pl181) => s.update() });
const response = (offset: number) => at(offset, { value: word().ro<Pl181>() });

const table = {
  MCIPower: at(0x000, {
    Ctrl: bits(0, 2).rw<Pl181>(),
    Voltage: bits(2, 4).rw<Pl181>(),
    OpenDrain: bit(6).rw<Pl181>(),
    Rod: bit(7).rw<Pl181>(),
  }),
  MCIClock: at(0x004, {
    ClkDiv: bits(0, 8).rw<Pl181>(),
    Enable: bit(8).rw<Pl181>(),
    PwrSave: bit(9).rw<Pl181>(),
    Bypass: bit(10).rw<Pl181>(),
    WideBus: bit(11).rw<Pl181>(),
  }),
  MCIArgument: at(0x008, { CmdArg: word().rw<Pl181>() }),
  MCICommand: at(
    0x00c,
    {
      CmdIndex: bits(0, 6).rw<Pl181>(),
      Response: bit(6).rw<Pl181>(),
      LongRsp: bit(7).rw<Pl181>(),
      Interrupt: bit(8).rw<Pl181>(),
      Pending: bit(9).rw<Pl181>(),
      Enable: bit(10).rw<Pl181>(),
    },
    { onWrite: (s: Pl181, value) => s.command(value) },
  ),
  MCIRespCmd: at(0x010, { RespCmd: bits(0, 6).ro<Pl181>() }),
  MCIResponse0: response(0x014),
  MCIResponse1: response(0x018),
  MCIResponse2: response(0x01c),
  MCIResponse3: response(0x020),
  MCIDataTimer: at(0x024, { DataTime: word().rw<Pl181>() }),
  MCIDataLength: at(0x028, { DataLength: bits(0, 16).rw<Pl181>() }),
  MCIDataCtrl: at(
    0x02c,
    {
      Enable: bit(0).rw<Pl181>(),
      Direction: bit(1).rw<Pl181>(),
      Mode: bit(2).rw<Pl181>(),
      DMAEnable: bit(3).todo<Pl181>(),
      BlockSize: bits(4, 4).rw<Pl181>(),
    },
    { onWrite: (s: Pl181, value) => s.dataControl(value) },
  ),
  MCIDataCnt: at(0x030, { DataCount: bits(0, 16).ro((s: Pl181) => s.dataCount) }),
  MCIStatus: at(0x034, { status: bits(0, 22).ro((s: Pl181) => s.status) }),
  MCIClear: at(0x038, { ones: bits(0, 11).wo((s: Pl181, ones) => s.clear(ones)) }),
  MCIMask0: mask(0x03c),
  MCIMask1: mask(0x040),
  MCIFifoCnt: at(0x048, { DataCount: bits(0, 15).ro<Pl181>() }),
  ...primeCellId<Pl181>(0x00041181),
};

/** Outputs 0 and 1 are MCIINTR0 and MCIINTR1. */
export class Pl181 implements MmioDevice {
  readonly name: string;
  status = 0;
  dataCount = 0;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Pl181>;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.registers = new RegisterBlock<Pl181>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.status = 0;
    this.dataCount = 0;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return isFifo(offset) ? 0 : this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (isFifo(offset)) this.context.log.warnOnce("data written to the FIFO of an empty card slot; dropped");
    else this.registers.write(offset, value, sizeBytes);
  }

  command(value: number): void {
    if ((value & COMMAND_ENABLE) === 0) return;
    this.status |= (value & COMMAND_RESPONSE) !== 0 ? CMDTIMEOUT : CMDSENT;
    this.update();
  }

  /** A transfer waits for a start bit or a CRC status that never comes; its time is not counted but over at once. */
  dataControl(value: number): void {
    if ((value & 1) === 0) return;
    this.dataCount = this.registers.values.MCIDataLength;
    if (this.dataCount !== 0) this.status |= DATATIMEOUT;
    this.update();
  }

  clear(ones: number): void {
    this.status &= ~(ones & STATIC_STATUS);
    this.update();
  }

  update(): void {
    irqOutput(this.context, 0).set((this.status & this.registers.values.MCIMask0) !== 0);
    irqOutput(this.context, 1).set((this.status & this.registers.values.MCIMask1) !== 0);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return { registers: { ...this.registers.values }, status: this.status, dataCount: this.dataCount };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.status = reader.number("status", 0, STATIC_STATUS);
    this.dataCount = reader.number("dataCount", 0, 0xffff);
    this.update();
  }
}

const isFifo = (offset: number): boolean => offset >= FIFO_OFFSET && offset < FIFO_END;
