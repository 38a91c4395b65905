/** The QEMU command that runs a profile's guest on QEMU's machine of the same kind. */
import type { ImagePaths } from "./board-images.ts";
import { qemuMachineUnknown } from "./errors.ts";
import type { Profile } from "./profile-schema.ts";
import { type QemuMachine, qemuMachines } from "./qemu-machine.table.ts";

export interface QemuCommand {
  readonly words: readonly string[];
  /** What the profile has that QEMU's machine has not, in sentences. */
  readonly differences: readonly string[];
}

const MEGABYTE = 2 ** 20;

function machineOf(profile: Profile): QemuMachine {
  const machine = qemuMachines.find(
    ({ telltaleModel, cpuModel }) =>
      cpuModel === profile.cpu.model && profile.devices.some(({ model }) => model === telltaleModel),
  );
  if (machine === undefined)
    throw qemuMachineUnknown(
      profile.name,
      qemuMachines.map(({ machine: name }) => name),
    );
  return machine;
}

function differencesOf(profile: Profile, machine: QemuMachine, megabytes: number): string[] {
  const virtual = profile.devices.filter(({ model }) => model.startsWith("virtio-")).map(({ name }) => name);
  const guestMegabytes = profile.guest.memorySizeBytes / MEGABYTE;
  return [
    ...(virtual.length === 0 ? [] : [`QEMU's ${machine.machine} has no ${virtual.join(", ")}`]),
    ...(guestMegabytes === megabytes
      ? []
      : [`QEMU's ${machine.machine} has ${megabytes} MB of memory, the profile ${guestMegabytes} MB`]),
    ...(machine.words === undefined ? [] : [`words added to the kernel's command line: ${machine.words}`]),
  ];
}

/** Throws `qemu-machine-unknown` for a board that QEMU has no machine of. */
export function qemuCommand(profile: Profile, images: ImagePaths): QemuCommand {
  const machine = machineOf(profile);
  const wanted = Math.max(1, Math.floor(profile.guest.memorySizeBytes / MEGABYTE));
  const megabytes = machine.memoryMegabytes ?? Math.min(wanted, machine.maxMemoryMegabytes);
  const commandLine = [profile.boot.commandLine, machine.words].filter((words) => words !== undefined).join(" ");
  return {
    words: [
      machine.program,
      ...["-M", machine.machine, "-m", `${megabytes}`],
      ...["-nographic", "-no-reboot"],
      ...["-kernel", images.kernel, "-dtb", images.deviceTree],
      ...(images.initrd === undefined ? [] : ["-initrd", images.initrd]),
      ...["-append", commandLine],
    ],
    differences: [
      ...differencesOf(profile, machine, megabytes),
      ...(images.overlays.length === 0 ? [] : ["QEMU merges no overlays: the device tree is given without them"]),
    ],
  };
}

/** As a shell takes it. */
export const shellText = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
