/** An address range where the board answers but nothing is fitted: reads give zero, writes go nowhere. */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";

export class Zero implements MmioDevice {
  readonly name: string;

  constructor(context: DeviceContext) {
    this.name = context.name;
  }

  reset(): void {}

  read(): number {
    return 0;
  }

  write(): void {}

  dump(): RegisterDump[] {
    return [];
  }

  save(): State {
    return {};
  }

  restore(): void {}
}
