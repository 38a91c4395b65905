/** A host file as the guest's disk: sectors of 512 bytes at their place in the file. */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { BlockBackend } from "../device/index.ts";
import { diskUnusable } from "./errors.ts";

const SECTOR_SIZE_BYTES = 512;

export interface DiskSpec {
  path: string;
  isReadOnly: boolean;
}

/** `FILE` or `FILE,ro`. */
export const parseDisk = (text: string): DiskSpec =>
  text.endsWith(",ro") ? { path: text.slice(0, -",ro".length), isReadOnly: true } : { path: text, isReadOnly: false };

export class DiskFile implements BlockBackend {
  readonly sectorCount: number;
  readonly isReadOnly: boolean;
  private readonly fd: number;

  /** Throws `disk-unusable` when the file cannot be opened or is no whole number of sectors. */
  constructor({ path, isReadOnly }: DiskSpec) {
    this.isReadOnly = isReadOnly;
    try {
      this.fd = openSync(path, isReadOnly ? "r" : "r+");
    } catch (error) {
      throw diskUnusable(path, error instanceof Error ? error.message : String(error));
    }
    const status = fstatSync(this.fd);
    const isWhole = status.isFile() && status.size > 0 && status.size % SECTOR_SIZE_BYTES === 0;
    if (!isWhole) {
      closeSync(this.fd);
      throw diskUnusable(path, status.isFile() ? `${status.size} bytes` : "no regular file");
    }
    this.sectorCount = status.size / SECTOR_SIZE_BYTES;
  }

  read(sector: number, target: Uint8Array): void {
    const count = readSync(this.fd, target, 0, target.length, sector * SECTOR_SIZE_BYTES);
    target.fill(0, count);
  }

  write(sector: number, data: Uint8Array): void {
    writeSync(this.fd, data, 0, data.length, sector * SECTOR_SIZE_BYTES);
  }

  flush(): void {
    fsyncSync(this.fd);
  }
}
