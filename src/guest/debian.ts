/**
 * Debian packages of another architecture, by apt-get with a state of its own: the system's sources and keys are used,
 * the system's package lists, cache and status are not touched (apt.conf(5), apt-get(8)).
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { HvError } from "../base/index.ts";
import { packageUnavailable } from "./errors.ts";
import { runTool, type ToolContext, toolOutput } from "./process.ts";

export interface DebianPackage {
  name: string;
  architecture: string;
}

/** Read after the system's configuration (`-c`), so the hooks of its `update` are cleared, a proxy is kept. */
const aptConfiguration = (folder: string, architecture: string): string =>
  [
    "#clear APT::Architectures;",
    "#clear APT::Update::Pre-Invoke;",
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear DPkg::Post-Invoke;",
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    // Root's downloads are handed to the user _apt, who may not enter a private folder.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    `Dir::State "${folder}/state";`,
    'Dir::State::status "/dev/null";',
    `Dir::Cache "${folder}/cache";`,
    "",
  ].join("\n");

/** The package's file in `folder`, newest first by time of download. */
function downloaded(folder: string, { name, architecture }: DebianPackage): string | undefined {
  if (!existsSync(folder)) return undefined;
  const isWanted = (file: string): boolean => file.startsWith(`${name}_`) && file.endsWith(`_${architecture}.deb`);
  const time = (file: string): number => statSync(join(folder, file)).mtimeMs;
  const newest = readdirSync(folder)
    .filter(isWanted)
    .sort((a, b) => time(b) - time(a))[0];
  return newest === undefined ? undefined : join(folder, newest);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The path of the package's `.deb` in `folder`; downloaded when it is not there yet, or when `refresh` asks for it. */
export async function fetchPackage(
  context: ToolContext,
  wanted: DebianPackage,
  folder: string,
  refresh: boolean,
): Promise<string> {
  const before = downloaded(folder, wanted);
  if (before !== undefined && !refresh) return before;
  const aptFolder = mkdtempSync(join(folder, ".apt-"));
  const download = join(aptFolder, "download");
  for (const part of ["state/lists/partial", "cache/archives/partial", "download"]) {
    mkdirSync(join(aptFolder, part), { recursive: true });
  }
  const configuration = join(aptFolder, "apt.conf");
  writeFileSync(configuration, aptConfiguration(aptFolder, wanted.architecture));
  try {
    // One unreachable source of several fails the update, but may still leave what is needed.
    const updateError = await runTool(context, "apt-get", ["-q", "-c", configuration, "update"], download).catch(
      (error: unknown) => {
        if (error instanceof HvError && error.code === "guest-build-interrupted") throw error;
        return error;
      },
    );
    await runTool(context, "apt-get", ["-q", "-c", configuration, "download", wanted.name], download).catch((error) => {
      if (error instanceof HvError && error.code === "guest-build-interrupted") throw error;
      throw packageUnavailable(`${wanted.name}:${wanted.architecture}`, reasonOf(updateError ?? error));
    });
    const path = downloaded(download, wanted);
    if (path === undefined) throw packageUnavailable(`${wanted.name}:${wanted.architecture}`, "no file was downloaded");
    const target = join(folder, path.slice(download.length + 1));
    renameSync(path, target);
    return target;
  } finally {
    rmSync(aptFolder, { recursive: true, force: true });
  }
}

export const packageVersion = (context: ToolContext, debPath: string): Promise<string> =>
  toolOutput(context, "dpkg-deb", ["--field", debPath, "Version"]);

const ELF_MAGIC = "\x7fELF";
const EM_ARM = 40;

/** The first of `paths` inside a package that exists, checked to be a 32-bit ARM executable. */
export async function executableFromPackage(
  context: ToolContext,
  debPath: string,
  paths: readonly string[],
): Promise<Uint8Array> {
  const scratch = mkdtempSync(join(dirname(context.logPath), ".extract-"));
  try {
    await runTool(context, "dpkg-deb", ["--extract", debPath, scratch], scratch);
    const path = paths.map((inside) => join(scratch, inside)).find((candidate) => existsSync(candidate));
    if (path === undefined) throw packageUnavailable(debPath, `none of ${paths.join(", ")} in it`);
    const data = readFileSync(path);
    const isArm = data.length > 52 && data.toString("latin1", 0, 4) === ELF_MAGIC && data[4] === 1;
    if (!isArm || data.readUInt16LE(18) !== EM_ARM)
      throw packageUnavailable(debPath, "its program is not 32-bit ARM ELF");
    return new Uint8Array(data);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** When a package was made: its changelog's first date, else its archive's time, which dpkg takes from the package. */
export function packageDateS(documentationFolder: string, archivePath: string): number {
  const changelog = join(documentationFolder, "changelog.Debian.gz");
  if (existsSync(changelog)) {
    const date = /^ -- .*> {2}(.*)$/m.exec(gunzipSync(readFileSync(changelog)).toString("utf8"))?.[1];
    const ms = Date.parse(date ?? "");
    if (!Number.isNaN(ms)) return Math.floor(ms / 1000);
  }
  return Math.floor(statSync(archivePath).mtimeMs / 1000);
}
