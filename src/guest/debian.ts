/**
 * Debian packages of another architecture, by apt-get with a state of its own: the system's sources and keys are used,
 * the system's package lists, cache and status are not touched (apt.conf(5), apt-get(8)).
 */
import {
  appendFileSync,
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
import { suiteSource, TARGET_FORMAT } from "./apt-suite.ts";
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
    // What apt cannot verify is not used, whatever the system's configuration allows.
    'APT::Get::AllowUnauthenticated "false";',
    'Acquire::AllowInsecureRepositories "false";',
    'Acquire::AllowDowngradeToInsecureRepositories "false";',
    `Dir::State "${folder}/state";`,
    // An empty one: nothing counts as installed. Its folder is where apt puts a lock.
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    "",
  ].join("\n");

/** Where packages are kept, and which. */
export interface PackageStore {
  folder: string;
  architecture: string;
  /** Look for newer packages than the kept ones. */
  refresh: boolean;
  /** Packages of this suite of Debian's come before those of the system's release. */
  suite?: string;
}

/** The path of a package's `.deb`; of any version when none is given. */
export type GetPackage = (name: string, version?: string) => Promise<string>;

/** Beside which apt reads the files of a folder. */
const SYSTEM_LIST = "/etc/apt/sources.list";

/** As in apt's file names. */
const fileVersion = (version: string): string => version.replaceAll(":", "%3a");

/** The package's file in `folder`, newest first by time of download. */
function downloaded(folder: string, architecture: string, name: string, version?: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const start = version === undefined ? `${name}_` : `${name}_${fileVersion(version)}_`;
  const isWanted = (file: string): boolean => file.startsWith(start) && file.endsWith(`_${architecture}.deb`);
  const time = (file: string): number => statSync(join(folder, file)).mtimeMs;
  const newest = readdirSync(folder)
    .filter(isWanted)
    .sort((a, b) => time(b) - time(a))[0];
  return newest === undefined ? undefined : join(folder, newest);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const passInterruption = (error: unknown): unknown => {
  if (error instanceof HvError && error.code === "guest-build-interrupted") throw error;
  return error;
};

/** The package files that `apt-get --simulate install` would take: `Inst zlib1g (1:1.2.13 Debian:12.0/stable [armel])`. */
export function plannedFiles(plan: string): string[] {
  const lines = plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+) .*\[(\S+)\]\)/gm);
  return [...lines]
    .map(([, name, version, kind]) => `${name.split(":")[0]}_${fileVersion(version)}_${kind}.deb`)
    .sort();
}

/** apt-get with a state of its own in `folder`; nothing of it stays but what was downloaded. */
class PrivateApt {
  private readonly context: ToolContext;
  private readonly store: PackageStore;
  private readonly aptFolder: string;
  private readonly download: string;
  private readonly configuration: string;
  private updateError: unknown;
  private isUpdated = false;

  constructor(context: ToolContext, store: PackageStore) {
    this.context = context;
    this.store = store;
    this.aptFolder = mkdtempSync(join(store.folder, ".apt-"));
    this.download = join(this.aptFolder, "download");
    for (const part of ["state/lists/partial", "cache/archives/partial", "download"]) {
      mkdirSync(join(this.aptFolder, part), { recursive: true });
    }
    writeFileSync(join(this.aptFolder, "status"), "");
    this.configuration = join(this.aptFolder, "apt.conf");
    writeFileSync(this.configuration, aptConfiguration(this.aptFolder, store.architecture));
  }

  private run(...args: readonly string[]): Promise<void> {
    return runTool(this.context, "apt-get", ["-q", "-c", this.configuration, ...args], this.download);
  }

  private async update(): Promise<void> {
    if (this.isUpdated) return;
    // One unreachable source of several fails the update, but may still leave what is needed.
    this.updateError = await this.run("update").catch(passInterruption);
    if (this.store.suite !== undefined) await this.addSuite(this.store.suite);
    this.isUpdated = true;
  }

  private async addSuite(suite: string): Promise<void> {
    const { context, aptFolder, configuration } = this;
    const query = ["-c", configuration, "indextargets", "--format", TARGET_FORMAT];
    const line = suiteSource(await toolOutput(context, "apt-get", query), suite);
    if (line === undefined) {
      throw packageUnavailable(
        `suite ${suite}`,
        "apt has no source of a Debian release that its archive could be told by",
      );
    }
    const list = join(aptFolder, "sources.list");
    const system = existsSync(SYSTEM_LIST) ? readFileSync(SYSTEM_LIST, "utf8") : "";
    writeFileSync(list, `${system}\n${line}\n`);
    appendFileSync(configuration, `Dir::Etc::sourcelist "${list}";\nAPT::Default-Release "${suite}";\n`);
    this.updateError = await this.run("update").catch(passInterruption);
  }

  /**
   * Downloads `packages` and all that they depend on into the store's folder, as apt would install them on an empty
   * system; what is there and right stays. The files' names, sorted.
   */
  async getAll(packages: readonly string[], onFraction: (fraction: number) => void): Promise<string[]> {
    const { context, store } = this;
    await this.update();
    const install = ["install", "--no-install-recommends", "-y", ...packages];
    const unavailable = (error: unknown): never => {
      passInterruption(error);
      throw packageUnavailable(`set "${packages.join(" ")}"`, reasonOf(this.updateError ?? error));
    };
    const plan = await toolOutput(context, "apt-get", ["-q", "-c", this.configuration, "--simulate", ...install]).catch(
      unavailable,
    );
    const files = plannedFiles(plan);
    let fetched = 0;
    const onLine = (line: string): void => {
      context.onLine?.(line);
      if (line.startsWith("Get:")) onFraction(++fetched / files.length);
    };
    const download = ["-q", "-c", this.configuration, "-o", `Dir::Cache::archives=${store.folder}`, "--download-only"];
    await runTool({ ...context, onLine }, "apt-get", [...download, ...install], this.download).catch(unavailable);
    const missing = files.find((file) => !existsSync(join(store.folder, file)));
    if (missing !== undefined) throw packageUnavailable(missing, "no such file was downloaded");
    return files;
  }

  /** Downloads a package, verified by apt, into the store's folder. */
  async get(name: string, version?: string): Promise<string> {
    const { folder, architecture } = this.store;
    await this.update();
    await this.run("download", version === undefined ? name : `${name}=${version}`).catch((error: unknown) => {
      passInterruption(error);
      throw packageUnavailable(`${name}:${architecture}`, reasonOf(this.updateError ?? error));
    });
    const path = downloaded(this.download, architecture, name);
    if (path === undefined) throw packageUnavailable(`${name}:${architecture}`, "no file was downloaded");
    const target = join(folder, path.slice(this.download.length + 1));
    renameSync(path, target);
    return target;
  }

  remove(): void {
    rmSync(this.aptFolder, { recursive: true, force: true });
  }
}

/** Gives `use` a way to get packages: those that are kept, or by apt, whose lists are read at most once and only then. */
export async function withPackages<T>(
  context: ToolContext,
  store: PackageStore,
  use: (get: GetPackage) => Promise<T>,
): Promise<T> {
  let apt: PrivateApt | undefined;
  try {
    return await use(async (name, version) => {
      const kept = store.refresh ? undefined : downloaded(store.folder, store.architecture, name, version);
      if (kept !== undefined) return kept;
      apt ??= new PrivateApt(context, store);
      return apt.get(name, version);
    });
  } finally {
    apt?.remove();
  }
}

/** Downloads packages and all they depend on into the store's folder; the files' names. */
export async function fetchClosure(
  context: ToolContext,
  store: PackageStore,
  { packages, onFraction }: { packages: readonly string[]; onFraction: (fraction: number) => void },
): Promise<string[]> {
  mkdirSync(store.folder, { recursive: true });
  const apt = new PrivateApt(context, store);
  try {
    return await apt.getAll(packages, onFraction);
  } finally {
    apt.remove();
  }
}

/** The path of the package's `.deb` in `folder`; downloaded when it is not there yet, or when `refresh` asks for it. */
export const fetchPackage = (
  context: ToolContext,
  { name, architecture }: DebianPackage,
  folder: string,
  refresh: boolean,
): Promise<string> => withPackages(context, { folder, architecture, refresh }, (get) => get(name));

export const packageField = (context: ToolContext, debPath: string, field: string): Promise<string> =>
  toolOutput(context, "dpkg-deb", ["--field", debPath, field]);

export const packageVersion = (context: ToolContext, debPath: string): Promise<string> =>
  packageField(context, debPath, "Version");

/** Unpacks a package's files below `folder`. */
export const extractPackage = (context: ToolContext, debPath: string, folder: string): Promise<void> =>
  runTool(context, "dpkg-deb", ["--extract", debPath, folder], folder);

/**
 * Unpacks a package's files below `folder` as an installation does: through links to folders that are there, which
 * `extractPackage` replaces by folders.
 */
export async function unpackPackage(context: ToolContext, debPath: string, folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  const words = ["-c", 'dpkg-deb --fsys-tarfile "$1" >"$2"', "sh", debPath, archive];
  await runTool(context, "sh", words, dirname(folder));
  await runTool(context, "tar", ["--keep-directory-symlink", "-xpf", archive, "-C", folder], dirname(folder));
  rmSync(archive);
}

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
    await extractPackage(context, debPath, scratch);
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
