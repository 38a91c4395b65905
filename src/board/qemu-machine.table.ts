/** QEMU's machines for boards that a profile may describe: what they need to run the same guest. */

export interface QemuMachine {
  readonly machine: string;
  readonly program: string;
  /** A profile that has a device of this model describes this machine. */
  readonly telltaleModel: string;
  readonly cpuModel: string;
  /** RAM that the machine wants to have; the profile's when it takes any. */
  readonly memoryMegabytes?: number;
  readonly maxMemoryMegabytes: number;
  /** More words for the kernel's command line. */
  readonly words?: string;
}

export const qemuMachines: readonly QemuMachine[] = [
  {
    machine: "versatilepb",
    program: "qemu-system-arm",
    telltaleModel: "versatile-sysreg",
    cpuModel: "arm926ej-s",
    maxMemoryMegabytes: 256,
  },
  {
    machine: "raspi1ap",
    program: "qemu-system-arm",
    telltaleModel: "bcm2835-armctrl-ic",
    cpuModel: "arm1176jzf-s",
    memoryMegabytes: 512,
    maxMemoryMegabytes: 512,
    // QEMU 7.2 has no bridges to the power domains: the kernel's driver panics.
    words: "initcall_blacklist=bcm2835_power_driver_init",
  },
];
