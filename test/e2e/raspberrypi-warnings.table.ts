/** Messages of level warning and above that a Raspberry Pi 1 prints with this kernel too, and why; and what none may print. */

export interface KnownWarning {
  readonly pattern: RegExp;
  readonly why: string;
}

export const knownWarnings: readonly KnownWarning[] = [
  {
    pattern: /^armv6-pmu arm-pmu: hw perfevents: no irqs for PMU, sampling events not supported$/,
    why: "the BCM2835's device tree gives the performance monitor no interrupt",
  },
  {
    pattern: /^i2c-bcm2835 20805000\.i2c: Could not read clock-frequency property$/,
    why: "the device tree names no bus speed for the I2C of the HDMI connector; the driver takes 100 kHz",
  },
  {
    pattern: /^mmc0: host does not support reading read-only switch, assuming write-enable$/,
    why: "the card's slot on the board has no write-protect switch",
  },
];

/** Those of drivers that a whole Debian loads besides. */
export const debianWarnings: readonly KnownWarning[] = [
  {
    pattern: /^device-mapper: core: CONFIG_IMA_DISABLE_HTABLE is disabled\. /,
    why: "how the kernel was configured",
  },
  {
    pattern: /^vchiq: module is from the staging directory, the quality is unknown, you have been warned\.$/,
    why: "where the driver lies in the kernel's source",
  },
  {
    pattern: /Request 0x00048010 returned status 0x80000001$|^bcm2835_vchiq(:| 2000b840\.mailbox:) .*failed/,
    why: "not modelled: the VideoCore's services (VCHIQ); a real board answers",
  },
  {
    pattern:
      /V3D_IDENT0 read 0x00000000|^vc4-drm soc:gpu: failed to bind 20c00000\.v3d|^vc4-drm: probe of soc:gpu failed/,
    why: "not modelled: the VideoCore's 3D unit; a real board has one",
  },
];

/** What the kernel prints when something in it went wrong, at whatever level. */
export const faultReports =
  /\bOops\b|\bBUG\b|WARNING: |Kernel panic|cut here|Call [Tt]race|Unable to handle|Internal error|Unhandled fault|undefined instruction|Modules linked in|blocked for more than|self-detected stall/;
