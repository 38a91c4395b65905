/** Entropy device behind a virtio transport; virtio 1.2 section 5.4. */
import type { State } from "../base/index.ts";
import type { DeviceContext } from "../device/index.ts";
import type { VirtioDevice } from "./virtio-device.ts";
import type { VirtioRequest } from "./virtio-queue.ts";

const DEVICE_ID = 4;
/** The device may fill less than the buffer; a driver asks again for the rest. */
const FILL_SIZE_MAX = 4096;

export class VirtioRng implements VirtioDevice {
  readonly deviceId = DEVICE_ID;
  readonly features = 0;
  readonly queueCount = 1;
  private readonly context: DeviceContext;

  constructor(context: DeviceContext) {
    this.context = context;
  }

  config(): Uint8Array {
    return new Uint8Array(0);
  }

  reset(): void {}

  handle(_queueIndex: number, request: VirtioRequest): number | undefined {
    const data = new Uint8Array(Math.min(request.writableSizeBytes, FILL_SIZE_MAX));
    if (data.length === 0) return undefined;
    this.context.entropy.fill(data);
    return request.write(0, data) ? data.length : undefined;
  }

  /** The device keeps nothing; the entropy back end saves its own position. */
  save(): State {
    return {};
  }

  restore(_state: State): void {}
}
