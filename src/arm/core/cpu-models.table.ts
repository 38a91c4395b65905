/** The processors that can be modelled, and their identification registers: ARM926EJ-S r0p5, ARM1176JZF-S r0p7. */

export interface CpuModel {
  readonly name: string;
  /** 5 is ARMv5TEJ, 6 is ARMv6K with the security extension. */
  readonly architecture: 5 | 6;
  /** A VFPv2 coprocessor answers as CP10 and CP11. */
  readonly hasVfp: boolean;
  /** Its flush to zero keeps the sign, as later units do; the VFP11 makes positive zeros. */
  readonly keepsFlushedSign?: boolean;
  /** Main ID, cache type, TCM status and TLB type registers. */
  readonly midr: number;
  readonly ctr: number;
  readonly tcmStatus: number;
  readonly tlbType: number;
  /** Control register: value at reset, writable bits, and bits that always read as one. */
  readonly controlReset: number;
  readonly controlWritable: number;
  readonly controlOnes: number;
  /** Auxiliary control register: value at reset, and writable bits. */
  readonly auxControlReset: number;
  readonly auxControlWritable: number;
  /** c0,c1,0 .. 7: ID_PFR0, PFR1, DFR0, AFR0, MMFR0 .. 3; then c0,c2,0 .. 7: ID_ISAR0 .. 5 and two that are reserved. */
  readonly features: readonly number[];
  /** CP14 debug ID register; 0 when there is no CP14. */
  readonly debugId: number;
}

export const cpuModels: Readonly<Record<string, CpuModel>> = {
  /** ARM926EJ-S TRM (DDI 0198E), 2.3. */
  "arm926ej-s": {
    name: "ARM926EJ-S",
    architecture: 5,
    hasVfp: false,
    midr: 0x41069265,
    ctr: 0x01dd20d2,
    tcmStatus: 0,
    tlbType: 0,
    controlReset: 0x00090078,
    controlWritable: 0x0000f387,
    controlOnes: 0x00050078,
    auxControlReset: 0,
    auxControlWritable: 0,
    features: [],
    debugId: 0,
  },
  /**
   * ARM1176JZF-S TRM (DDI 0301H), 3.2, as it is in the BCM2835: two caches of 16 KiB, four ways of 32-byte lines, no TCM.
   * Six breakpoints and two watchpoints by the debug ID (13.3.2), which ends with the revision.
   */
  "arm1176jzf-s": {
    name: "ARM1176JZF-S",
    architecture: 6,
    hasVfp: true,
    midr: 0x410fb767,
    ctr: 0x1d152152,
    tcmStatus: 0,
    tlbType: 0x00000800,
    controlReset: 0x00050078,
    controlWritable: 0x33e0fb87,
    controlOnes: 0x00050078,
    auxControlReset: 0x00000007,
    auxControlWritable: 0xf000007f,
    // biome-ignore format: one line for each CRm
    features: [
      0x00000111, 0x00000011, 0x00000033, 0x00000000, 0x01130003, 0x10030302, 0x01222100, 0x00000000,
      0x00140011, 0x12002111, 0x11231121, 0x01102131, 0x00001141, 0x00000000, 0x00000000, 0x00000000,
    ],
    debugId: 0x15121007,
  },
};
