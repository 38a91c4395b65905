/** The boards that can be measured, and what QEMU needs to run the same guest. */

export interface BenchBoard {
  /** The profile's name. */
  readonly name: string;
  /** QEMU's machine. */
  readonly machine: string;
  /** RAM that QEMU's machine wants to have; the profile's when it takes any. */
  readonly machineMegabytes?: number;
  /** More words for the kernel's command line, in QEMU only. */
  readonly machineWords?: string;
}

export const benchBoards: readonly BenchBoard[] = [
  { name: "versatilepb", machine: "versatilepb" },
  {
    name: "raspberrypi",
    machine: "raspi1ap",
    machineMegabytes: 512,
    // QEMU 7.2 has no bridges to the power domains: the kernel's driver panics.
    machineWords: "initcall_blacklist=bcm2835_power_driver_init",
  },
];
