/**
 * `--findings FILE`: findings as OCSF events, a line of JSON each, appended to what earlier runs left. Who starts the program
 * names the file; nobody at a console can.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { FindingsSink } from "../commands/index.ts";
import { findingsUnwritable } from "./errors.ts";

const NEWLINE = 0x0a;

export class FindingsFile implements FindingsSink {
  private readonly path: string;
  private readonly fd: number;

  /** Throws `findings-unwritable`. A last line that an interrupted run left unfinished is ended. */
  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, "a+", 0o600);
    } catch (error) {
      throw findingsUnwritable(path, error);
    }
    try {
      const { size } = fstatSync(this.fd);
      const last = Buffer.of(NEWLINE);
      if (size > 0) readSync(this.fd, last, 0, 1, size - 1);
      if (last[0] !== NEWLINE) this.append("\n");
    } catch (error) {
      this.close();
      throw findingsUnwritable(path, error);
    }
  }

  /** On the disk when this comes back. Throws `findings-unwritable`. */
  append(lines: string): void {
    try {
      const bytes = Buffer.from(lines, "utf8");
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
      if (fstatSync(this.fd).isFile()) fsyncSync(this.fd);
    } catch (error) {
      throw findingsUnwritable(this.path, error);
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}
