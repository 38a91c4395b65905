/** The throw-away guest: the test guest's own kernel and root file system with the subjects in /lib/tamper. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type CpioEntry, type Guest, GuestFile, readCpio, writeCpio } from "../../src/guest/index.ts";
import type { KernelFacts } from "../../test/tamper/subjects.table.ts";
import { buildModules, type Say } from "./modules.ts";

/** Virtual address of the Image's first byte: PAGE_OFFSET and TEXT_OFFSET of this board. */
const IMAGE_ADDRESS = 0xc0008000;
const FOLDER = "lib/tamper";

export class TamperGuest {
  /** Files for `--kernel` and `--initrd`. */
  readonly kernel: string;
  readonly initrd: string;
  readonly facts: KernelFacts;
  readonly modules: ReadonlySet<string>;
  private readonly scratch = mkdtempSync(join(tmpdir(), "komainu-detect-"));

  constructor(guest: Guest, sources: string, say: Say) {
    const folder = buildModules(guest, sources, say);
    const names = readdirSync(folder);
    this.modules = new Set(names.map((name) => name.replace(/\.ko$/, "")));
    this.kernel = join(guest.folder, GuestFile.kernelImage);
    this.initrd = join(this.scratch, "initrd.cpio.gz");
    const entries = [...readCpio(gunzipSync(readFileSync(join(guest.folder, GuestFile.initrd))))];
    for (const path of ["lib", FOLDER]) {
      if (!entries.some((entry) => entry.path === path)) entries.push({ kind: "directory", path, mode: 0o755 });
    }
    const files = names.map((name): CpioEntry => {
      return {
        kind: "file",
        path: `${FOLDER}/${name}`,
        mode: 0o644,
        data: new Uint8Array(readFileSync(join(folder, name))),
      };
    });
    writeFileSync(this.initrd, gzipSync(writeCpio([...entries, ...files], 0), { level: 1 }));
    this.facts = kernelFacts(guest);
  }

  dispose(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** What the build left of the kernel: the subjects take addresses from here, the detectors never. */
function kernelFacts(guest: Guest): KernelFacts {
  const symbols = new Map<string, number>();
  for (const line of readFileSync(join(guest.folder, GuestFile.systemMap), "latin1").trimEnd().split("\n")) {
    const [address, , name] = line.split(" ");
    symbols.set(name, Number.parseInt(address, 16));
  }
  const image = readFileSync(join(guest.folder, GuestFile.kernelImage));
  return {
    symbol: (name) => {
      const address = symbols.get(name);
      if (address === undefined) throw new Error(`the kernel's System.map has no ${name}`);
      return address;
    },
    word: (address) => image.readUInt32LE(address - IMAGE_ADDRESS),
  };
}
