/** What the profile may say of a device model: its size on the bus, its wires and the back ends it needs. */
import type { DeviceContext, IrqController, MmioDevice } from "../device/index.ts";

export interface DeviceModel {
  /** The part's name for `vm show` and for messages. */
  title: string;
  /** The size of the register window; the profile may give less, never more. */
  registerSizeBytes: number;
  /** Names of the outputs, in the order of `context.irqs`. */
  irqOutputs: readonly string[];
  /** How many lines others may drive; only for models that are an `IrqController`. */
  inputs?: number;
  /** Back ends without which the device makes no sense; without one it still answers, as an unplugged part does. */
  needs?: readonly ("serial" | "block")[];
  create(context: DeviceContext): MmioDevice | (MmioDevice & IrqController);
}
