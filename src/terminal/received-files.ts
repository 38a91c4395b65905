/**
 * Files that come over the line, on disk: whole or not at all, in one folder, over nothing that was there.
 *
 * A name from the line is a wish: what it may not do (leave the folder, hide a file, move a terminal's cursor) is taken
 * out of it.
 */
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileUnwritable, receiveTargetInvalid } from "./errors.ts";
import type { Offer, ReceiveTarget } from "./modem-receive.ts";
import type { ModemProtocol } from "./modem-wire.ts";

/** Common file systems take 255 bytes; a number may come behind. */
const MAX_NAME_BYTES = 200;
const NAMELESS = "received";
/** Names with a number behind that are tried. */
const MAX_NUMBER = 10_000;

/** A name of one file in a folder, made of what a sender says. */
export function safeName(offered: string): string {
  const last = offered.split(/[/\\]/).at(-1) ?? "";
  const shown = last.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "_").replace(/^[\s.]+/, "");
  const bytes = Buffer.from(shown);
  const cut = bytes
    .subarray(0, MAX_NAME_BYTES)
    .toString("utf8")
    .replace(/\ufffd+$/, "")
    .trimEnd();
  return cut === "" ? NAMELESS : cut.replace(/^-/, "_");
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

export interface ReceivedFilesOptions {
  readonly protocol: ModemProtocol;
  /** Replaces files that are there. */
  readonly force?: boolean;
  /** A file has come whole. */
  readonly onFile?: (path: string) => void;
}

export class ReceivedFiles implements ReceiveTarget {
  private readonly path: string;
  private readonly options: ReceivedFilesOptions;
  private current: { readonly fd: number; readonly partial: string; readonly path: string } | undefined;

  /** A folder by Y-modem, else a file. Throws `receive-target-invalid`. */
  constructor(path: string, options: ReceivedFilesOptions) {
    this.path = path;
    this.options = options;
    if (options.protocol === "ymodem") {
      if (!isFolder(path)) throw receiveTargetInvalid(path, "a folder for the files of Y-modem", "none");
      return;
    }
    if (isFolder(path)) throw receiveTargetInvalid(path, "a file, for X-modem brings no name", "a folder");
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
    if (isThere && options.force !== true) throw receiveTargetInvalid(path, "a name that is free", "a file");
  }

  /** Of the file that comes now. */
  get name(): string {
    return basename(this.current?.path ?? this.path);
  }

  begin({ name }: Offer): void {
    const path = this.options.protocol === "ymodem" ? join(this.path, safeName(name ?? "")) : this.path;
    const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
    try {
      // What an earlier run of this process number has left.
      rmSync(partial, { force: true });
      this.current = { fd: openSync(partial, "wx", 0o644), partial, path };
    } catch (error) {
      throw fileUnwritable(path, error);
    }
  }

  write(data: Uint8Array): void {
    const { current } = this;
    if (current === undefined) return;
    try {
      for (let at = 0; at < data.length; ) at += writeSync(current.fd, data, at);
    } catch (error) {
      throw fileUnwritable(current.path, error);
    }
  }

  end(): void {
    const { current } = this;
    if (current === undefined) return;
    this.current = undefined;
    try {
      closeSync(current.fd);
      const path = this.options.force === true ? current.path : this.claim(current.path);
      renameSync(current.partial, path);
      this.options.onFile?.(path);
    } catch (error) {
      rmSync(current.partial, { force: true });
      throw fileUnwritable(current.path, error);
    }
  }

  /** Takes away what has come of a file that will not be whole. */
  abandon(): void {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    closeSync(current.fd);
    rmSync(current.partial, { force: true });
  }

  /** Makes an empty file of that name, or with a number behind it: nobody else can take the name any more. */
  private claim(path: string): string {
    for (let number = 0; ; number++) {
      const candidate = number === 0 ? path : `${path}.${number}`;
      try {
        closeSync(openSync(candidate, "wx", 0o644));
        return candidate;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || number >= MAX_NUMBER) throw error;
      }
    }
  }
}
