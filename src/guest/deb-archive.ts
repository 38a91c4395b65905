/**
 * Debian's package file is an `ar` archive of three members (deb(5)). This one makes the same package without compression:
 * a processor that is modelled takes most of an installation's time to decompress, the host takes none.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { runTool, type ToolContext } from "./process.ts";

const AR_MAGIC = "!<arch>\n";
const FORMAT_VERSION = "2.0\n";

interface Member {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Name, time, owner, group, mode and size in columns; members begin at even places. */
function member({ name, data }: Member): Uint8Array[] {
  const fields = [name.padEnd(16), "0".padEnd(12), "0".padEnd(6), "0".padEnd(6), "100644".padEnd(8)];
  const header = `${fields.join("")}${String(data.length).padEnd(10)}\`\n`;
  return [Buffer.from(header, "latin1"), data, Buffer.from("\n".repeat(data.length % 2), "latin1")];
}

/** A package of an uncompressed control and data archive. */
export function plainPackage(control: Uint8Array, data: Uint8Array): Uint8Array {
  const members = [
    { name: "debian-binary", data: Buffer.from(FORMAT_VERSION, "latin1") },
    { name: "control.tar", data: control },
    { name: "data.tar", data },
  ];
  return Buffer.concat([Buffer.from(AR_MAGIC, "latin1"), ...members.flatMap(member)]);
}

/** Writes the package at `debPath` without compression to `target`. */
export async function writePlainPackage(context: ToolContext, debPath: string, target: string): Promise<void> {
  const parts = { control: `${target}.control`, data: `${target}.data` };
  const unpack = (option: string, to: string): Promise<void> =>
    runTool(context, "sh", ["-c", `dpkg-deb ${option} "$1" >"$2"`, "sh", debPath, to], dirname(target));
  await unpack("--ctrl-tarfile", parts.control);
  await unpack("--fsys-tarfile", parts.data);
  writeFileSync(target, plainPackage(readFileSync(parts.control), readFileSync(parts.data)));
  for (const path of Object.values(parts)) rmSync(path);
}
