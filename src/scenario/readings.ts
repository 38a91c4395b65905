/** What can be read of a board from outside, without the effects that a read may have on it. */
import { hexAddress } from "../base/index.ts";
import { kernelOf } from "../commands/index.ts";
import { type Stage, stageRefused } from "./stage.ts";

interface Staged {
  readonly stage: Stage;
}

/** The guest-physical address of a number, or of a kernel symbol by the kernel's own tables. */
export function physicalOf({ stage }: Staged, where: number | string): number {
  if (typeof where === "number") return where;
  const { guest } = stage;
  const kernel = guest === undefined ? undefined : kernelOf(stage.machine.hypervisor, guest);
  const address = kernel?.symbols.find(where);
  if (kernel === undefined || address === undefined) {
    throw stageRefused("memory", "a symbol of the guest's kernel", `"${where}"`);
  }
  const physical = kernel.space.translate(address);
  if (physical === undefined) throw stageRefused("memory", `memory behind ${where}`, hexAddress(address));
  return physical;
}

export function readGuestMemory(staged: Staged, where: number | string, sizeBytes: number): Uint8Array {
  const address = physicalOf(staged, where);
  const bytes = new Uint8Array(sizeBytes);
  if (staged.stage.machine.readGuest(address, bytes)) return bytes;
  throw stageRefused("memory", "an address of the guest's memory", hexAddress(address));
}

/** A register of the CPU; the banked ones of other modes come after the present mode's and are not meant. */
export function readRegister({ stage }: Staged, name: string): number {
  const groups = stage.machine.core(0)?.registers() ?? [];
  const all = groups.flatMap(({ registers }) => registers);
  // The dump has two digits, assembler one.
  const plain = (text: string): string => text.toLowerCase().replace(/^r0(\d)$/, "r$1");
  const found = all.find((candidate) => plain(candidate.name) === plain(name));
  if (found !== undefined) return found.value >>> 0;
  const names = [...new Set(all.map((candidate) => candidate.name))];
  throw stageRefused("register", `one of ${names.join(", ")}`, `"${name}"`);
}

/** `sysctl.SYS_LED`: a register of a device. */
export function readDeviceRegister({ stage }: Staged, path: string): number {
  const [deviceName, registerName] = path.split(".");
  const device = stage.device(deviceName) as { dump?: () => { name: string; value: number }[] };
  const registers = device.dump?.() ?? [];
  const found = registers.find(({ name }) => name === registerName);
  if (found !== undefined) return found.value;
  throw stageRefused(`device ${deviceName}`, `one of ${registers.map((r) => r.name).join(", ")}`, `"${registerName}"`);
}
