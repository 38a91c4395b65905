/** Opens the kernel in a memory image, and says what is wrong with an image in which there is none. */
import { HvError } from "../base/index.ts";
import type { Kernel, KernelOptions } from "../linux/index.ts";
import { openKernel } from "../linux/index.ts";
import type { PhysicalSource } from "../memory/index.ts";
import type { ImageCpu } from "./cpus.table.ts";
import { imageCpus } from "./cpus.table.ts";
import { cpuMismatch, cpuUnknown, imageEmpty, imageEncrypted, imageTruncated } from "./errors.ts";
import type { ImageFormat } from "./formats.ts";
import { parseImage } from "./formats.ts";
import { looksOf } from "./looks.ts";
import type { Segment } from "./segments.ts";
import { SegmentSource } from "./segments.ts";

export interface ImageOptions extends KernelOptions {
  /** Name of the CPU; without it, it is found out. */
  readonly cpu?: string;
  /** Where raw memory begins. */
  readonly baseAddress?: number;
}

export interface OpenedImage {
  readonly kernel: Kernel;
  readonly format: ImageFormat;
}

const SECTION_BYTES = 1 << 20;
/** What `kernel-not-found` says when a table was found. */
const BEHIND_TABLE = "behind the page table";
/** "CPU: ARM926EJ-S [41069265] revision 5 (ARMv5TEJ), cr=0005317f", the kernel's second message. */
const CPU_LINE = /^CPU: .* \[([0-9a-f]{8})\] revision/;

function cpuNamed(name: string): ImageCpu {
  const cpu = imageCpus.find((candidate) => candidate.name === name.toLowerCase());
  if (cpu === undefined)
    throw cpuUnknown(
      name,
      imageCpus.map((candidate) => candidate.name),
    );
  return cpu;
}

/** The main ID register that the kernel printed when it started. */
function printedCpu(kernel: Kernel): { id: number; line: string } | undefined {
  for (const { text } of kernel.walkLog()?.records ?? []) {
    const match = CPU_LINE.exec(text);
    if (match !== null) return { id: Number.parseInt(match[1], 16), line: text };
  }
  return undefined;
}

/** Throws `image-cpu-mismatch` when the kernel says that it runs on another CPU. */
function checkCpu(kernel: Kernel, cpu: ImageCpu | undefined): void {
  const printed = printedCpu(kernel);
  if (cpu === undefined || printed === undefined || ((printed.id >>> 4) & 0xfff) === cpu.part) return;
  const found = imageCpus.find(({ part }) => part === ((printed.id >>> 4) & 0xfff));
  const hint = found === undefined ? "Leave --cpu out." : `Give --cpu ${found.name}.`;
  throw cpuMismatch(cpu.name, `one whose kernel prints "${printed.line}"`, hint);
}

/** Low memory is mapped as one piece: when it reaches beyond the image, the image's end is missing. */
function checkWhole(kernel: Kernel, source: PhysicalSource): void {
  const { map, space } = kernel;
  const range = source.ranges.find(({ startAddress, sizeBytes }) => map.tableAddress - startAddress < sizeBytes);
  if (range === undefined) return;
  const end = range.startAddress + range.sizeBytes;
  let mapped = 0;
  while (space.translate(map.pageOffset + mapped) === map.physOffset + mapped && mapped < 2 ** 30)
    mapped += SECTION_BYTES;
  const mappedEnd = map.physOffset + mapped;
  const covered = source.ranges.some(({ startAddress, sizeBytes }) => mappedEnd <= startAddress + sizeBytes);
  if (!covered && mappedEnd > end) {
    throw imageTruncated(`${mapped >>> 20} MiB of memory, which the guest's kernel maps`, `${range.sizeBytes} bytes`);
  }
}

/** A source in which every word is turned around: what a big-endian guest's memory is to a little-endian reader. */
class SwappedSource implements PhysicalSource {
  readonly ranges: PhysicalSource["ranges"];
  private readonly source: PhysicalSource;

  constructor(source: PhysicalSource) {
    this.source = source;
    this.ranges = source.ranges;
  }

  read(address: number, target: Uint8Array): boolean {
    return this.source.read(address, target);
  }

  readU32(address: number): number | undefined {
    const word = this.source.readU32(address);
    if (word === undefined) return undefined;
    return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
  }
}

/** Why no kernel was found: what the image is instead, else the error itself. */
function reasonOf(
  error: unknown,
  source: PhysicalSource,
  segments: readonly Segment[],
  cpu: ImageCpu | undefined,
): unknown {
  if (!(error instanceof HvError) || error.code !== "kernel-not-found") return error;
  const sizeBytes = segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const looks = looksOf(segments);
  if (looks === "zero") return imageEmpty(sizeBytes);
  if (looks === "random") return imageEncrypted(sizeBytes);
  if (error.message.includes(BEHIND_TABLE))
    return imageTruncated("the kernel that a page table in it maps", `${sizeBytes} bytes`);
  for (const format of ["v5", "v6"] as const) {
    if (hasTable(new SwappedSource(source), format)) {
      return cpuMismatch(
        "little-endian ARM",
        "page tables of a big-endian one",
        "Only little-endian guests can be read.",
      );
    }
    if (cpu !== undefined && format !== cpu.format && hasTable(source, format)) {
      const others = imageCpus.filter((other) => other.format === format).map(({ name }) => name);
      return cpuMismatch(cpu.name, "page tables of another kind of CPU", `Give --cpu ${others.join(" or ")}.`);
    }
  }
  return error;
}

/** Whether a kernel's page table is there, read in one format. */
function hasTable(memory: PhysicalSource, format: "v5" | "v6"): boolean {
  try {
    openKernel({ memory, format });
    return true;
  } catch (error) {
    // A map without a kernel's text behind it tells a table too.
    return error instanceof HvError && error.code === "kernel-not-found" && error.message.includes(BEHIND_TABLE);
  }
}

/** Opens with one format of page tables; without `cpu` that of the CPU which the kernel says it runs on. */
function openWith(source: PhysicalSource, cpu: ImageCpu | undefined, options: KernelOptions): Kernel {
  const format = cpu?.format ?? "v6";
  const kernel = openKernel({ memory: source, format }, options);
  checkWhole(kernel, source);
  checkCpu(kernel, cpu);
  if (cpu !== undefined) return kernel;
  const part = ((printedCpu(kernel)?.id ?? 0) >>> 4) & 0xfff;
  const actual = imageCpus.find((candidate) => candidate.part === part);
  const isOther = actual !== undefined && actual.format !== format;
  return isOther ? openKernel({ memory: source, format: actual.format }, options) : kernel;
}

/** The kernel of a guest whose memory is in `file`. Throws coded errors that say what the file is instead. */
export function openImage(file: Uint8Array, options: ImageOptions = {}): OpenedImage {
  const cpu = options.cpu === undefined ? undefined : cpuNamed(options.cpu);
  const { format, segments } = parseImage(file, options.baseAddress ?? 0);
  const source = new SegmentSource(segments);
  try {
    return { kernel: openWith(source, cpu, options), format };
  } catch (error) {
    throw reasonOf(error, source, segments, cpu);
  }
}
