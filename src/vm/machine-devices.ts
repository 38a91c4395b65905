/** Makes the devices of a profile and connects their wires: outputs to interrupt controllers and to the CPU's pins. */
import type { Clock, Logger, State } from "../base/index.ts";
import { assert, HvError } from "../base/index.ts";
import type { Profile, ProfileDevice } from "../board/index.ts";
import type {
  BlockBackend,
  DmaMemory,
  EntropyBackend,
  IrqController,
  IrqLine,
  MmioDevice,
  SerialBackend,
  WallClockBackend,
} from "../device/index.ts";
import { unconnected } from "../device/index.ts";
import { deviceModels } from "../devices/index.ts";

/** What devices get from outside the guest. */
export interface Backends {
  /** The back end of the device of that name, if it has one. */
  serial(deviceName: string): SerialBackend | undefined;
  block(deviceName: string): BlockBackend | undefined;
  readonly entropy: EntropyBackend;
  readonly wallClock: WallClockBackend;
}

export interface DeviceHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: DmaMemory;
  readonly backends: Backends;
  readonly cpuPins: Readonly<Record<"irq" | "fiq", IrqLine>>;
  readonly requestReset: () => void;
  readonly requestPowerOff: () => void;
}

/** A wire whose far end is found when all devices exist. */
class Wire implements IrqLine {
  private target: IrqLine = unconnected;

  connect(target: IrqLine): void {
    this.target = target;
  }

  set(level: boolean): void {
    this.target.set(level);
  }
}

/** A line that several outputs drive: high when one of them is. Restored devices drive it anew, so it has no state. */
class SharedLine {
  private readonly target: IrqLine;
  private readonly levels: boolean[] = [];

  constructor(target: IrqLine) {
    this.target = target;
  }

  /** The end of one more output. */
  end(): IrqLine {
    const index = this.levels.push(false) - 1;
    return {
      set: (level) => {
        this.levels[index] = level;
        this.target.set(this.levels.includes(true));
      },
    };
  }
}

const isController = (device: MmioDevice): device is MmioDevice & IrqController => "input" in device;

export class DeviceSet {
  readonly byName: ReadonlyMap<string, MmioDevice>;
  private readonly sharedLines = new Map<string, SharedLine>();

  constructor(profile: Profile, host: DeviceHost) {
    const wires: { wire: Wire; device: ProfileDevice; index: number }[] = [];
    const byName = new Map<string, MmioDevice>();
    for (const device of profile.devices) {
      const irqs = device.irqs.map((_, index) => {
        const wire = new Wire();
        wires.push({ wire, device, index });
        return wire;
      });
      byName.set(device.name, createDevice(device, irqs, host));
    }
    this.byName = byName;
    for (const { wire, device, index } of wires) wire.connect(this.resolve(device, index, host));
  }

  private resolve(device: ProfileDevice, index: number, host: DeviceHost): IrqLine {
    const { to, line, shared = false } = device.irqs[index];
    if (to === "cpu" && typeof line === "string") return host.cpuPins[line];
    const target = this.byName.get(to);
    assert(target !== undefined && isController(target), `lint accepted the wire of ${device.name} to ${to}:${line}`);
    const input = target.input(Number(line));
    if (!shared) return input;
    const sharedLine = this.sharedLines.get(`${to}:${line}`) ?? new SharedLine(input);
    this.sharedLines.set(`${to}:${line}`, sharedLine);
    return sharedLine.end();
  }

  reset(): void {
    for (const device of this.byName.values()) device.reset();
  }

  save(): State {
    return Object.fromEntries([...this.byName].map(([name, device]) => [name, device.save()]));
  }

  restore(state: State): void {
    for (const [name, device] of this.byName) {
      const saved = state[name];
      if (saved === undefined || saved === null || typeof saved !== "object") {
        throw new HvError({
          code: "state-invalid",
          message: `Snapshot: expected the state of device ${name}, found none`,
          hint: "The snapshot was made with another board profile.",
          facts: { name },
        });
      }
      device.restore(saved as State);
    }
  }
}

function createDevice(device: ProfileDevice, irqs: readonly IrqLine[], host: DeviceHost): MmioDevice {
  const model = deviceModels[device.model];
  assert(model !== undefined, `lint accepted the model ${device.model}`);
  return model.create({
    name: device.name,
    clock: host.clock,
    log: host.log.child(device.name),
    irqs,
    memory: host.memory,
    serial: device.serial ? host.backends.serial(device.name) : undefined,
    block: host.backends.block(device.name),
    entropy: host.backends.entropy,
    wallClock: host.backends.wallClock,
    requestReset: host.requestReset,
    requestPowerOff: host.requestPowerOff,
    options: device.options,
  });
}
