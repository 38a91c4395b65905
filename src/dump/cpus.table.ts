/** CPUs that an image can be of: their page tables' format and the part number in their main ID register. */

export interface ImageCpu {
  readonly name: string;
  readonly format: "v5" | "v6";
  /** Bits 15:4 of MIDR. */
  readonly part: number;
}

export const imageCpus: readonly ImageCpu[] = [
  { name: "arm920", format: "v5", part: 0x920 },
  { name: "arm922", format: "v5", part: 0x922 },
  { name: "arm926", format: "v5", part: 0x926 },
  { name: "arm946", format: "v5", part: 0x946 },
  { name: "arm1136", format: "v6", part: 0xb36 },
  { name: "arm1156", format: "v6", part: 0xb56 },
  { name: "arm1176", format: "v6", part: 0xb76 },
  { name: "cortex-a5", format: "v6", part: 0xc05 },
  { name: "cortex-a7", format: "v6", part: 0xc07 },
  { name: "cortex-a8", format: "v6", part: 0xc08 },
  { name: "cortex-a9", format: "v6", part: 0xc09 },
  { name: "cortex-a15", format: "v6", part: 0xc0f },
];
