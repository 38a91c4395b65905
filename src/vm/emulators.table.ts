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
  "bcm2835-armctrl-ic": row("brcm,bcm2835-armctrl-ic", "pic", "brcm,bcm2835-armctrl-ic", "BCM2835 ARMCTRL"),
  "bcm2835-system-timer": row("brcm,bcm2835-system-timer", "timer", "brcm,bcm2835-system-timer", "BCM2835 timer"),
  "bcm2835-arm-timer": row("brcm,bcm2835-arm-timer", "timer", "brcm,bcm2835-arm-timer", "BCM2835 ARM timer"),
  "bcm2835-mbox": row("brcm,bcm2835-mbox", "mbox", "brcm,bcm2835-mbox", "BCM2835 mailbox"),
  "bcm2835-pm": row("brcm,bcm2835-pm", "sys", "brcm,bcm2835-pm", "BCM2835 power management"),
  "bcm2835-asb": row("brcm,bcm2835-asb", "sys", "brcm,bcm2835-asb", "BCM2835 bus bridges"),
  "bcm2835-cprman": row("brcm,bcm2835-cprman", "clk", "brcm,bcm2835-cprman", "BCM2835 clocks"),
  "bcm2835-gpio": row("brcm,bcm2835-gpio", "gpio", "brcm,bcm2835-gpio", "BCM2835 GPIO"),
  "bcm2835-aux": row("brcm,bcm2835-aux", "serial", "brcm,bcm2835-aux", "BCM2835 AUX and mini UART", "char"),
  "bcm2835-rng": row("brcm,bcm2835-rng", "rng", "brcm,bcm2835-rng", "BCM2835 random numbers"),
  "bcm2835-thermal": row("brcm,bcm2835-thermal", "sensor", "brcm,bcm2835-thermal", "BCM2835 temperature"),
  "bcm2835-pwm": row("brcm,bcm2835-pwm", "pwm", "brcm,bcm2835-pwm", "BCM2835 PWM"),
  "bcm2835-i2s": row("brcm,bcm2835-i2s", "sound", "brcm,bcm2835-i2s", "BCM2835 I2S"),
  "bcm2835-dma": row("brcm,bcm2835-dma", "dma", "brcm,bcm2835-dma", "BCM2835 DMA"),
  "bcm2835-sdhost": row("brcm,bcm2835-sdhost", "mmc", "brcm,bcm2835-sdhost", "BCM2835 SD host"),
  "bcm2835-sdhci": row("brcm,bcm2835-sdhci", "mmc", "brcm,bcm2835-sdhci", "BCM2835 SDHCI"),
  "bcm2835-i2c": row("brcm,bcm2835-i2c", "i2c", "brcm,bcm2835-i2c", "BCM2835 I2C"),
  "bcm2835-spi": row("brcm,bcm2835-spi", "spi", "brcm,bcm2835-spi", "BCM2835 SPI"),
  dwc2: row("brcm,bcm2835-usb", "usb", "brcm,bcm2835-usb", "DWC2 USB"),
  "virtio-mmio-blk": row("virtio,mmio", "virtio", "virtio,mmio", "virtio block"),
  "virtio-mmio-rng": row("virtio,mmio", "virtio", "virtio,mmio", "virtio entropy"),
  "virtio-mmio-empty": row("virtio,mmio", "virtio", "virtio,mmio", "virtio slot"),
};
