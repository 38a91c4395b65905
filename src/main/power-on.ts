/** From a board's name to a machine that is ready to be driven: profile, images, back ends, boot plan. */
import { readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Tuning } from "../arm/jit/index.ts";
import { defaultCacheFolder, HvError, type Logger } from "../base/index.ts";
import {
  type Board,
  type Images,
  isCacheName,
  loadBoard,
  prepareBoot,
  profileFinding,
  readImages,
} from "../board/index.ts";
import { type KernelKnowledge, setKernelKnowledge } from "../commands/index.ts";
import { deviceModels } from "../devices/index.ts";
import { fetchedBoard, findGuest, type Guest, hasGuest, type Rootfs } from "../guest/index.ts";
import { type BlockDevice, consoleDevice, type Engine, Machine, type MachineOptions } from "../vm/index.ts";
import { BootCache, type MakeMachine, type NotedBootPlan } from "./boot-cache.ts";
import { DiskFile, parseDisk } from "./disk-file.ts";
import { type Drivable, Driver } from "./drive.ts";
import { hostEntropy, SeededEntropy } from "./entropy.ts";
import { gdbWaitNeedsPort, guestMissing } from "./errors.ts";
import { GdbOption, type GdbOptions } from "./gdb-option.ts";
import { type BootCacheOption, type ClockKind, DEFAULT_ENGINE, type TranslationCacheOption } from "./options.ts";
import { OverlayDisk } from "./overlay-disk.ts";
import { prebuiltTemplates } from "./prebuilt-templates.ts";
import { ProfileOption } from "./profile-option.ts";
import { requireRootfs, withRootfs } from "./rootfs-option.ts";
import { type SnapshotOptions, SnapshotPoints } from "./snapshot-option.ts";
import { TranslationCache } from "./translation-cache.ts";
import { versionInfo } from "./version.ts";

export interface PowerOptions extends SnapshotOptions, GdbOptions {
  board: string;
  clock: ClockKind;
  /** Both do the same instructions to the same state; the machine is the same whichever runs it. */
  engine?: Engine;
  /** Where compiled code is kept from run to run; without it, nowhere. */
  translationCache?: TranslationCacheOption;
  /** Of the compiler, where it is not as usual; for tests. */
  tuning?: Partial<Tuning>;
  /** Counts how often each kind of instruction is executed; slower. */
  countRows?: boolean;
  /** Watches the engine, for a report at the end; the guest's state is the same. */
  profile?: boolean;
  log: Logger;
  env: NodeJS.ProcessEnv;
  /** Files in place of the profile's. */
  kernel?: string;
  initrd?: string;
  dtb?: string;
  /** Added to the kernel command line. */
  append?: string;
  /** `FILE` or `FILE,ro`. */
  disk?: string;
  /** A disk that is no file; of a machine that is always booted. */
  blockDevice?: BlockDevice;
  /** Serial lines are as slow as their rates say. */
  baudPacing?: boolean;
  /** Name of a root file system: on the first disk, as it was made each time, unless `disk` is given in its place. */
  rootfs?: string;
  /** The guest unpacks its own kernel and measures its own delay loop. */
  faithfulBoot?: boolean;
  /** Where machines at their shell's prompt are kept; for callers that boot to there and `resume` them. */
  bootCache?: BootCacheOption;
  /** What the guest's kernel is looked into with, beside its memory. */
  knowledge?: KernelKnowledge;
  /** Time of power-on in seconds since 1970; without it the host's, or with virtual time always the same. */
  epochSeconds?: number;
  /** Random numbers that are the same in a run that is repeated, as with virtual time. */
  isRepeatable?: boolean;
  /** Between the driver and the machine, for who writes down what is done to it. */
  interpose?: (inner: Drivable) => Drivable;
  /** Of virtual time; a boot that takes longer is not skipped. */
  bootLimitNs?: number;
}

export interface PoweredBoard {
  board: Board;
  images: Images;
  /** On the first disk. */
  rootfs: Rootfs | undefined;
  machine: Machine;
  driver: Driver;
  snapshot: SnapshotPoints;
  /** Where it was asked for and the boot can be skipped. */
  bootCache: BootCache | undefined;
  /** Where it was asked for. */
  profile: ProfileOption | undefined;
  /** To be saved at the end. */
  translations: TranslationCache | undefined;
  /** Where it was asked for; its port is not open yet. */
  gdb: GdbOption | undefined;
  /** What the loader did, a line each. */
  notes: readonly string[];
  /** Name of the guest's console port, such as `guest0/uart0`. */
  consolePort: string;
}

/** The wall clock at power-on with virtual time: 2026-01-01 00:00 UTC, so that runs repeat. */
const VIRTUAL_EPOCH_SECONDS = 1_767_225_600;

/** The board with the files and words that the command line puts in place of the profile's. */
function withOverrides(board: Board, { kernel, initrd, dtb, append, rootfs }: PowerOptions): Board {
  const { name } = board.profile;
  const boot = rootfs === undefined ? board.profile.boot : withRootfs(board.profile.boot, rootfs, name);
  const { images } = boot;
  return {
    ...board,
    profile: {
      ...board.profile,
      boot: {
        ...boot,
        commandLine: append === undefined ? boot.commandLine : `${boot.commandLine} ${append}`,
        images: {
          ...images,
          kernel: kernel === undefined ? images.kernel : resolve(kernel),
          deviceTree: dtb === undefined ? images.deviceTree : resolve(dtb),
          initrd: initrd === undefined ? images.initrd : resolve(initrd),
        },
      },
    },
  };
}

/** The cached guest; not asked for when the board names files of its own only. */
function cachedGuest({ path, profile }: Board, env: NodeJS.ProcessEnv): Guest | undefined {
  const names = Object.values(profile.boot.images).flatMap((name) => name ?? []);
  if (!names.some(isCacheName)) return undefined;
  const name = hasGuest(profile.name) ? profile.name : basename(path, ".json");
  const guest = hasGuest(name) ? findGuest(name, { cacheDir: defaultCacheFolder(env) }) : undefined;
  if (guest === undefined) throw guestMissing(name, fetchedBoard(name) === undefined ? "build" : "fetch");
  return guest;
}

function fileDisk(spec: string): BlockDevice {
  const disk = parseDisk(spec);
  return { name: "disk0", description: disk.path, startSector: 0, backend: new DiskFile(disk) };
}

function rootfsDisk({ image, imageSha256 }: Rootfs): BlockDevice {
  const backend = new OverlayDisk(new DiskFile({ path: image, isReadOnly: true }), imageSha256);
  return { name: "disk0", description: `${image} (what is written is not kept)`, startSector: 0, backend };
}

/** The root file system that the options ask for, where no disk takes its place. */
function chosenRootfs({ rootfs, disk, board, env }: PowerOptions, guest: Guest | undefined): Rootfs | undefined {
  if (rootfs === undefined || disk !== undefined) return undefined;
  if (guest === undefined) throw guestMissing(board, "fetch");
  return requireRootfs(rootfs, guest, env);
}

/** `undefined` when there is no such file, or it cannot be read: the kernel is unpacked then. */
function contentOf(path: string | undefined): Uint8Array | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Where a kernel's build leaves the kernel that is in a zImage; the loader takes it when their checksums agree. */
function imageBeside({ profile }: Board): string | undefined {
  const { kernel } = profile.boot.images;
  return isAbsolute(kernel) ? join(dirname(kernel), "Image") : undefined;
}

function bootPlanner(board: Board, images: Images, plan: { guest: Guest | undefined; faithful: boolean }) {
  const { guest, faithful } = plan;
  return (): NotedBootPlan => {
    const unpackedKernel = faithful ? undefined : contentOf(guest?.kernelImage ?? imageBeside(board));
    return prepareBoot({ ...images, unpackedKernel, profile: board.profile, faithful });
  };
}

/** What the driver needs of a machine. */
export function drivable(machine: Machine, snapshot = new SnapshotPoints({})): Drivable {
  const { timeline } = machine;
  const alarm = timeline.clock.timer("console", () => machine.stop());
  return {
    runSlice: (maxInstructions, options) => snapshot.runSlice(machine, maxInstructions, options),
    nowNs: () => timeline.nowNs(),
    nextDeadlineNs: () => timeline.clock.nextDeadlineNs,
    advanceTo: (toNs) => timeline.advanceTo(toNs),
    setAlarm: (atNs) => (atNs === Number.POSITIVE_INFINITY ? alarm.cancel() : alarm.arm(atNs)),
  };
}

/** The port where the kernel's console is. */
const consolePortOf = ({ profile }: Board): string => `${profile.guest.name}/${consoleDevice(profile)?.name}`;

const poweredAtOnce = (boot: NotedBootPlan, make: MakeMachine, log: Logger) => ({
  machine: make(boot, { startsEmpty: false, log }),
  boot,
});

function openTranslations({ profile }: Board, options: PowerOptions): TranslationCache | undefined {
  const key = { board: profile.name, cpuModel: profile.cpu.model, ramSizeBytes: profile.host.ramSizeBytes };
  return TranslationCache.open(options.translationCache ?? "off", key, options);
}

/** Host RAM that the profile's memory does not fit into is the profile's fault, at its regions. */
function machineOf(board: Board, options: MachineOptions): Machine {
  try {
    return new Machine(options);
  } catch (error) {
    if (!(error instanceof HvError) || !/^(ram|heap)-/.test(error.code)) throw error;
    const { code, message, hint } = error;
    throw profileFinding(board.path, [
      { code, severity: "error", message, hint, ...board.source.positionOf(["regions"]) },
    ]);
  }
}

/** Builds the machine; its guest is created and not yet kicked. Throws what is wrong with profile or images. */
export function powerOn(options: PowerOptions): PoweredBoard {
  const { clock, log, engine = DEFAULT_ENGINE } = options;
  if (options.gdbWait === true && options.gdb === undefined) throw gdbWaitNeedsPort();
  const profile = options.profile === true ? new ProfileOption(engine) : undefined;
  const snapshot = new SnapshotPoints(options);
  const board = withOverrides(loadBoard(options.board, { models: deviceModels }), options);
  const guest = cachedGuest(board, options.env);
  const images = readImages(board, guest?.folder ?? "");
  const rootfs = chosenRootfs(options, guest);
  const plan = bootPlanner(board, images, { guest, faithful: options.faithfulBoot ?? false });
  const seeded = new SeededEntropy(board.profile.name);
  const isVirtual = clock === "virtual";
  // A debugger goes back by running again, which must give the same random bytes.
  const isSeeded = isVirtual || options.gdb !== undefined || options.isRepeatable === true;
  const epochSeconds = options.epochSeconds ?? (isVirtual ? VIRTUAL_EPOCH_SECONDS : Math.floor(Date.now() / 1000));
  const disks = (): BlockDevice[] => {
    if (options.blockDevice !== undefined) return [options.blockDevice];
    if (options.disk !== undefined) return [fileDisk(options.disk)];
    return rootfs === undefined ? [] : [rootfsDisk(rootfs)];
  };
  let translations: TranslationCache | undefined;
  const make: MakeMachine = (bootPlan, start) => {
    // They are of use to a boot above all: without one they take longer to read than they save.
    if (engine === "jit" && !start.startsEmpty) translations = openTranslations(board, options);
    return machineOf(board, {
      ...start,
      profile: board.profile,
      boot: bootPlan,
      entropy: isSeeded ? seeded : hostEntropy,
      wallClock: { epochSeconds: snapshot.epochSeconds ?? epochSeconds },
      version: versionInfo,
      engine,
      translations: translations?.store,
      pacesSerial: options.baudPacing,
      templates: engine === "jit" ? prebuiltTemplates(board.profile.cpu.model) : undefined,
      tuning: options.tuning,
      countRows: options.countRows,
      executionProfile: profile?.executionProfile,
      blockDevices: disks(),
    });
  };
  const bootCache = BootCache.open(options, { board, images, disk: rootfs?.imageSha256 });
  const { machine, boot } = bootCache?.powerOn(plan, make) ?? poweredAtOnce(plan(), make, log);
  if (options.knowledge !== undefined) setKernelKnowledge(machine.hypervisor, options.knowledge);
  profile?.watch(machine);
  seeded.nowNs = () => machine.timeline.nowNs();
  snapshot.begin(machine);
  for (const note of boot.notes) log.info(`loader: ${note}`);
  const driven = drivable(machine, snapshot);
  const gdb = options.gdb === undefined ? undefined : new GdbOption(machine, options, () => seeded.forget());
  return {
    board,
    images,
    rootfs,
    machine,
    driver: new Driver(options.interpose?.(driven) ?? gdb?.drivable(driven) ?? driven, clock),
    gdb,
    snapshot,
    bootCache,
    profile,
    translations,
    notes: boot.notes,
    consolePort: consolePortOf(board),
  };
}
