/** Messages of a Raspberry Pi's kernel that only Komainu or only QEMU 7.2 brings about, and why; the board is the judge. */

export type Side = "komainu" | "qemu";

export interface KnownDifference {
  readonly why: string;
  readonly komainu?: readonly RegExp[];
  readonly qemu?: readonly RegExp[];
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    why: "QEMU has no bridges to the power domains: without the blacklist its kernel panics in this driver",
    komainu: [/^bcm2835-power bcm2835-power: Broadcom BCM2835 power domains driver$/],
    qemu: [/^Kernel command line: .* initcall_blacklist=bcm2835_power_driver_init$/],
  },
  {
    why: "the loader counts the delay loop beforehand, and says so to the kernel (not with --faithful-boot)",
    komainu: [/^Kernel command line: .* lpj=<n>$/, /^Calibrating delay loop \(skipped\) preset value/],
    qemu: [/^Calibrating delay loop\.\.\. /],
  },
  {
    why: "caches: the cache type register of an ARM1176JZF-S names caches of 16 KB, which have no aliases",
    komainu: [/^CPU: PIPT \/ VIPT nonaliasing data cache, VIPT nonaliasing instruction cache$/],
    qemu: [/^CPU: VIPT aliasing data cache, unknown instruction cache$/],
  },
  {
    why: "debug registers: an ARM1176 has six breakpoints and two watchpoints, of which the kernel uses one; QEMU has none",
    komainu: [
      /^hw-breakpoint: found 6 breakpoint and 1 watchpoint registers\.$/,
      /^hw-breakpoint: maximum watchpoint size is 4 bytes\.$/,
    ],
    qemu: [/^hw-breakpoint: debug architecture 0x0 unsupported\.$/],
  },
  {
    why: "I2C: the clock divider comes out of reset as 0x5dc, in QEMU as 0, by which the kernel divides",
    qemu: [
      /^Division by zero in kernel\.$/,
      /^CPU: 0 PID: 1 Comm: swapper Not tainted /,
      /^Hardware name: BCM2835$/,
      /^ ?\w+ from \w+(\+0x[0-9a-f]+\/0x[0-9a-f]+)?$/,
      /^Exception stack\(/,
      /^[0-9a-f]{4}: [0-9a-f ]+$/,
    ],
  },
  {
    why: "USB: the hardware configuration of QEMU's DWC2 names smaller counters than the driver knows of this chip",
    qemu: [/^dwc2 20980000\.usb: dwc2_check_params: Invalid parameter max_/],
  },
  {
    why: "the firmware's date, which the mailbox tells",
    komainu: [/^raspberrypi-firmware soc:firmware: Attached to firmware from 20/],
    qemu: [/^raspberrypi-firmware soc:firmware: Attached to firmware from 1970-/],
  },
  {
    why: "memory: the loader puts initrd and device tree at the top of the 448 MB, QEMU near their start",
    komainu: [/^Reserved memory: created CMA memory pool at /],
    qemu: [/^Reserved memory: created CMA memory pool at /],
  },
  {
    why: "the virtio slots, which an overlay adds to the device tree; without a disk their block device is empty",
    komainu: [/^virtio_blk virtio0: /],
  },
  {
    why: "the time of the first audit record",
    komainu: [/^audit: type=2000 /],
    qemu: [/^audit: type=2000 /],
  },
];
