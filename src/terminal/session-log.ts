/** What arrives, written to files as it is and without control sequences. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ControlStrip } from "./control-strip.ts";
import { fileUnreadable } from "./errors.ts";

export interface LogFiles {
  readonly raw?: string;
  readonly stripped?: string;
}

function openLog(path: string | undefined): number | undefined {
  try {
    return path === undefined ? undefined : openSync(path, "a");
  } catch (error) {
    throw fileUnreadable(path ?? "", error);
  }
}

export class SessionLog {
  private readonly raw: number | undefined;
  private readonly stripped: number | undefined;
  private readonly strip = new ControlStrip();

  /** Appends to files that are there. */
  constructor({ raw, stripped }: LogFiles) {
    this.raw = openLog(raw);
    this.stripped = openLog(stripped);
  }

  write(data: Uint8Array): void {
    if (this.raw !== undefined) writeSync(this.raw, data);
    if (this.stripped !== undefined) writeSync(this.stripped, this.strip.strip(data));
  }

  close(): void {
    for (const fd of [this.raw, this.stripped]) if (fd !== undefined) closeSync(fd);
  }
}
