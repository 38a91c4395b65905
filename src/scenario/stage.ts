/**
 * The machine of a run and everything that can be done to it from outside. `apply` is the one way in which anything is
 * done, when a scenario runs and when a journal is replayed, so that both do the same.
 */
import { assert, HvError } from "../base/index.ts";
import type { PinBank } from "../device/index.ts";
import type { MmioHandler } from "../memory/index.ts";
import {
  type BlockDevice,
  type Guest,
  type Machine,
  restoreSnapshot,
  type Snapshot,
  takeSnapshot,
  type VirtualSerialPort,
} from "../vm/index.ts";
import type { Input, Moment } from "./journal-format.ts";
import { type LineFaultSpec, lineFault } from "./line-fault.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { PowerRig, Rig, RigRequest } from "./rig.ts";

/** Bytes that a port printed, one at a time. */
export type PrintListener = (port: string, byte: number) => void;

/** Something that cannot be done to this machine; the scenario names what is not there. */
export const stageRefused = (what: string, expected: string, found: string): HvError =>
  new HvError({
    code: "step-impossible",
    message: `${what}: expected ${expected}, found ${found}`,
    facts: { what, expected, found },
  });

const toBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const listed = (names: Iterable<string>): string => [...names].join(", ") || "none";

interface Kept {
  readonly snapshot: Snapshot;
  readonly disk: Uint8Array | undefined;
}

/** Host memory that the snapshots of one run may take. */
const MAX_SNAPSHOTS = 16;

export class Stage {
  private rig: Rig;
  private readonly power: PowerRig;
  private readonly request: RigRequest;
  private readonly disk: MemoryDisk | undefined;
  private readonly onPrint: PrintListener;
  private readonly snapshots = new Map<string, Kept>();
  private readonly stuckHandlers = new Map<string, MmioHandler>();
  /** False between a power cut and power-on. */
  isPowered = true;

  static async open(
    power: PowerRig,
    request: Omit<RigRequest, "disk"> & { readonly diskBytes?: number },
    onPrint: PrintListener,
  ): Promise<Stage> {
    const { diskBytes, ...rest } = request;
    const disk = diskBytes === undefined ? undefined : new MemoryDisk(diskBytes);
    const block: BlockDevice | undefined =
      disk === undefined ? undefined : { name: "disk0", description: "scenario", startSector: 0, backend: disk };
    const whole: RigRequest = { ...rest, disk: block };
    return new Stage(await power(whole), { power, request: whole, disk, onPrint });
  }

  private constructor(
    rig: Rig,
    parts: { power: PowerRig; request: RigRequest; disk: MemoryDisk | undefined; onPrint: PrintListener },
  ) {
    this.rig = rig;
    this.power = parts.power;
    this.request = parts.request;
    this.disk = parts.disk;
    this.onPrint = parts.onPrint;
    for (const byte of rig.printed) this.onPrint(rig.consolePort, byte);
    this.observe();
  }

  get machine(): Machine {
    return this.rig.machine;
  }

  get consolePort(): string {
    return this.rig.consolePort;
  }

  get identity(): Pick<Rig, "board" | "images"> {
    return { board: this.rig.board, images: this.rig.images };
  }

  get guest(): Guest | undefined {
    return this.machine.hypervisor.guests[0];
  }

  get moment(): Moment {
    return [this.machine.instructions(), this.machine.timeline.nowNs()];
  }

  /** What is due now happens before anything is done from outside, however the machine came to this moment. */
  settle(): void {
    this.machine.timeline.clock.fireDue();
  }

  async apply(input: Input): Promise<void> {
    if ("send" in input) this.port(input.send).send(toBytes(input.bytes));
    else if ("line" in input) this.port(input.line).changeFarLine(input.event);
    else if ("pass" in input) this.machine.timeline.advanceTo(input.pass);
    else if ("pin" in input) this.pin(input.pin).bank.input(this.pin(input.pin).index).set(input.level);
    else if ("write" in input) this.write(input.write, toBytes(input.bytes));
    else if ("power" in input) await this.switchPower(input.power);
    else if ("save" in input) this.save(input.save);
    else if ("load" in input) this.load(input.load);
    else if ("fault" in input) this.disturb(input.fault, input);
    else if ("repair" in input) this.repair(input.repair);
    else if ("stuck" in input) this.stick(input.stuck, input.reads);
    else if ("unstick" in input) this.unstick(input.unstick);
  }

  port(name: string): VirtualSerialPort {
    const { serialPorts } = this.machine.hypervisor;
    const port = serialPorts.find((candidate) => candidate.name === name || candidate.name.endsWith(`/${name}`));
    if (port === undefined) throw stageRefused("port", `one of ${listed(serialPorts.map((p) => p.name))}`, `"${name}"`);
    return port;
  }

  /** `gpio0.3`: a device of the board and one of its pins. */
  pin(name: string): { bank: PinBank; index: number } {
    const [deviceName, text] = name.split(".");
    const devices = this.machine.running?.devices.byName;
    const device = devices?.get(deviceName);
    const isBank = (candidate: object): candidate is PinBank => "pinCount" in candidate;
    if (device === undefined || !isBank(device)) {
      const banks = [...(devices ?? [])].filter(([, candidate]) => isBank(candidate)).map(([known]) => known);
      throw stageRefused("pin", `a pin of ${listed(banks)}`, `"${name}"`);
    }
    if (Number(text) >= device.pinCount)
      throw stageRefused("pin", `0 to ${device.pinCount - 1} of ${deviceName}`, text);
    return { bank: device, index: Number(text) };
  }

  private observe(): void {
    for (const port of this.machine.hypervisor.serialPorts) {
      port.observe((byte) => this.onPrint(port.name, byte));
    }
  }

  private write(address: number, data: Uint8Array): void {
    if (!this.machine.writeGuest(address, data)) {
      throw stageRefused("memory", "an address of the guest's memory", `0x${address.toString(16)}`);
    }
  }

  private async switchPower(wanted: "kick" | "off" | "cut" | "on" | "reset"): Promise<void> {
    const { hypervisor } = this.machine;
    if (wanted === "cut" || wanted === "off") {
      this.isPowered = false;
      this.guest?.halt();
    } else if (wanted === "on") {
      this.rig = await this.power({ ...this.request, start: "off" });
      this.isPowered = true;
      this.observe();
      this.guest?.kick();
    } else {
      const { guest } = this;
      if (guest === undefined) throw stageRefused("power", "a guest", "none");
      if (wanted === "reset") hypervisor.resetGuest(guest);
      guest.kick();
    }
  }

  private save(name: string): void {
    if (!this.snapshots.has(name) && this.snapshots.size >= MAX_SNAPSHOTS) {
      throw stageRefused("snapshot", `at most ${MAX_SNAPSHOTS} of them`, "one more");
    }
    this.snapshots.set(name, { snapshot: takeSnapshot(this.machine), disk: this.disk?.copy() });
  }

  private load(name: string): void {
    const kept = this.snapshots.get(name);
    if (kept === undefined) throw stageRefused("snapshot", `one of ${listed(this.snapshots.keys())}`, `"${name}"`);
    restoreSnapshot(this.machine, kept.snapshot);
    if (kept.disk !== undefined) this.disk?.put(kept.disk);
  }

  private disturb(portName: string, spec: LineFaultSpec): void {
    const port = this.port(portName);
    if (spec.toward === "guest") port.towardGuest = lineFault(spec);
    else port.towardHost = lineFault(spec);
  }

  private repair(portName: string): void {
    const port = this.port(portName);
    port.towardGuest = undefined;
    port.towardHost = undefined;
  }

  /** The device answers every read with the same word and takes no writes; what it does by itself goes on. */
  private stick(name: string, reads: number): void {
    const device = this.device(name);
    if (!this.stuckHandlers.has(name)) this.stuckHandlers.set(name, device);
    this.replaceHandler(name, { read: () => reads | 0, write: () => {} });
  }

  private unstick(name: string): void {
    const handler = this.stuckHandlers.get(name);
    if (handler === undefined) throw stageRefused("repair", `one of ${listed(this.stuckHandlers.keys())}`, `"${name}"`);
    this.stuckHandlers.delete(name);
    this.replaceHandler(name, handler);
  }

  private replaceHandler(name: string, handler: MmioHandler): void {
    const isReplaced = this.machine.running?.bus.replaceHandler(name, handler) === true;
    assert(isReplaced, `the board has the device ${name}`);
  }

  device(name: string) {
    const devices = this.machine.running?.devices.byName;
    const device = devices?.get(name);
    if (device === undefined) throw stageRefused("device", `one of ${listed(devices?.keys() ?? [])}`, `"${name}"`);
    return device;
  }
}
