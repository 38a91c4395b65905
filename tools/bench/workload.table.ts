/** The eight workloads: one line each at the guest's shell, the same in every machine that is compared. */

export interface Workload {
  name: string;
  /** What one unit of the size is, for the reader of the table. */
  unit: string;
  command: (size: number) => string;
  /** Takes QEMU 7.2 about 0.8 s on a 2.x GHz server core, and at most 700 million instructions. */
  fullSize: number;
  /** For a first look, or a slow machine. */
  quickSize: number;
  /**
   * The output is a count that depends on the machine's devices: times are compared for each thing counted. Without
   * this the output must be equal everywhere.
   */
  isCount?: true;
}

export const workloads: readonly Workload[] = [
  {
    name: "sha256",
    unit: "MB",
    command: (size) => `dd if=/dev/zero bs=1M count=${size} 2>/dev/null | sha256sum`,
    fullSize: 10,
    quickSize: 3,
  },
  {
    name: "md5",
    unit: "MB",
    command: (size) => `dd if=/dev/zero bs=1M count=${size} 2>/dev/null | md5sum`,
    fullSize: 20,
    quickSize: 6,
  },
  {
    name: "gzip",
    unit: "KB of /bin/busybox",
    command: (size) => `head -c ${size}k /bin/busybox | gzip | md5sum`,
    fullSize: 1_024,
    quickSize: 256,
  },
  {
    name: "awk",
    unit: "rounds",
    command: (size) => `awk 'BEGIN { for (i = 0; i < ${size}; i++) s += i * i % 7; print s }'`,
    fullSize: 60_000,
    quickSize: 15_000,
  },
  {
    name: "shell",
    unit: "rounds",
    command: (size) => `i=0; while [ $i -lt ${size} ]; do i=$((i + 1)); done; echo $i`,
    fullSize: 18_000,
    quickSize: 4_000,
  },
  {
    name: "fork",
    unit: "processes",
    command: (size) => `for i in $(seq ${size}); do /bin/true; done; echo $i`,
    fullSize: 120,
    quickSize: 20,
  },
  {
    name: "find",
    unit: "times /sys",
    command: (size) => `for i in $(seq ${size}); do find /sys; done | wc -l`,
    fullSize: 1,
    quickSize: 1,
    isCount: true,
  },
  {
    name: "dd",
    unit: "bytes",
    command: (size) => `dd if=/dev/zero of=/dev/null bs=1 count=${size} 2>&1 | head -n 2`,
    fullSize: 30_000,
    quickSize: 8_000,
  },
];
