/** Block devices of the host and the guest's virtual disks that are attached to them. */
import type { State } from "../base/index.ts";
import type { BlockBackend } from "../device/index.ts";

export const SECTOR_SIZE_BYTES = 512;

export interface BlockDevice {
  readonly name: string;
  readonly description: string;
  /** Name of the device this one is a part of. */
  readonly parent?: string;
  readonly startSector: number;
  readonly backend: BlockBackend;
}

/** What a guest's disk controller talks to; without a block device it has no sectors. */
export class VirtualDisk implements BlockBackend {
  readonly name: string;
  /** Called when a block device is attached or detached. */
  onChange: () => void = () => {};
  /** Told of whole sectors that are about to be written. */
  onWrite: (device: BlockDevice, sector: number, sizeBytes: number) => void = () => {};
  private attachedDevice: BlockDevice | undefined;

  constructor(name: string, device?: BlockDevice) {
    this.name = name;
    this.attachedDevice = device;
  }

  get attached(): BlockDevice | undefined {
    return this.attachedDevice;
  }

  get sectorCount(): number {
    return this.attachedDevice?.backend.sectorCount ?? 0;
  }

  get isReadOnly(): boolean {
    return this.attachedDevice?.backend.isReadOnly ?? true;
  }

  attach(device: BlockDevice): void {
    this.attachedDevice = device;
    this.onChange();
  }

  detach(): void {
    this.attachedDevice = undefined;
    this.onChange();
  }

  read(sector: number, target: Uint8Array): void {
    if (this.attachedDevice === undefined) target.fill(0);
    else this.attachedDevice.backend.read(sector, target);
  }

  write(sector: number, data: Uint8Array): void {
    if (this.attachedDevice === undefined) return;
    this.onWrite(this.attachedDevice, sector, data.length);
    this.attachedDevice.backend.write(sector, data);
  }

  flush(): void {
    this.attachedDevice?.backend.flush();
  }

  save(): State {
    const written = this.attachedDevice?.backend.saveWritten?.();
    return { device: this.attachedDevice?.name ?? null, ...(written === undefined ? {} : { written }) };
  }

  /** Attaches the device of the saved name; one that is not among `devices` counts as detached. */
  restore(state: State, devices: readonly BlockDevice[]): void {
    this.attachedDevice = devices.find((device) => device.name === state.device);
    if (state.written !== undefined) this.attachedDevice?.backend.restoreWritten?.(state.written as State);
  }
}
