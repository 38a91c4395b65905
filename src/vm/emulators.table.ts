/** Xvisor's names for the device models: emulator (`compatible`), device type, and the host driver's class and title. */

export interface EmulatorRow {
  readonly emulator: string;
  readonly deviceType: string;
  /** `compatible` of the node in the host device tree. */
  readonly hostCompatible: string;
  readonly hostTitle: string;
  readonly hostClass?: string;
}

const row = (emulator: string, deviceType: string, hostCompatible: string, hostTitle: string, hostClass?: string) => ({
  emulator,
  deviceType,
  hostCompatible,
  hostTitle,
  hostClass,
});

export const emulators: Readonly<Record<string, EmulatorRow>> = {
  zero: row("zero", "misc", "zero", "Reads as zero"),
  "versatile-sysreg": row("versatilepb,arm926", "sys", "arm,core-module-versatile", "System registers"),
  "versatile-i2c": row("versatilepb,i2c", "i2c", "arm,versatile-i2c", "Two-wire serial control"),
  "versatile-sic": row("versatilepb,pl190", "pic", "arm,versatile-sic", "Secondary interrupt controller"),
  pl190: row("versatilepb,pl190", "pic", "arm,versatile-vic", "PL190 VIC"),
  sp804: row("primecell,sp804", "timer", "arm,sp804", "SP804 timer"),
  sp805: row("primecell,sp805", "watchdog", "arm,sp805", "SP805 watchdog"),
  sp810: row("primecell,sp810", "sys", "arm,sp810", "SP810 system controller"),
  pl011: row("primecell,arm,pl011", "serial", "arm,pl011", "PL011 UART", "char"),
  pl031: row("primecell,pl031", "rtc", "arm,pl031", "PL031 RTC", "rtc"),
  pl061: row("primecell,pl061", "gpio", "arm,pl061", "PL061 GPIO"),
  "pl050-keyboard": row("primecell,arm,pl050,keyboard", "input", "arm,pl050", "PL050 keyboard", "input"),
  "pl050-mouse": row("primecell,arm,pl050,mouse", "input", "arm,pl050", "PL050 mouse", "input"),
  pl080: row("primecell,pl080", "dma", "arm,pl080", "PL080 DMA controller"),
  pl110: row("primecell,pl110,versatile", "display", "arm,pl110", "PL110 display controller", "fb"),
  pl181: row("primecell,pl181", "mmc", "arm,pl181", "PL181 card interface"),
  smc91c111: row("smsc,smc91c111", "nic", "smsc,lan91c111", "SMC91C111 Ethernet", "netport"),
  "nor-flash": row("cfi-flash", "flash", "arm,versatile-flash", "NOR flash"),
  "virtio-mmio-blk": row("virtio,mmio", "virtio", "virtio,mmio", "virtio block"),
  "virtio-mmio-rng": row("virtio,mmio", "virtio", "virtio,mmio", "virtio entropy"),
  "virtio-mmio-empty": row("virtio,mmio", "virtio", "virtio,mmio", "virtio slot"),
};
