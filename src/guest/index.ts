export { isSuiteName } from "./apt-suite.ts";
export { type BuildOptions, buildGuest } from "./build.ts";
export {
  damagedFiles,
  type FindOptions,
  findGuest,
  type Guest,
  GuestFile,
  type GuestManifest,
  type GuestRow,
  listGuests,
} from "./cache.ts";
export { type CpioEntry, readCpio, writeCpio } from "./cpio.ts";
export { type FetchOptions, fetchGuest } from "./fetch.ts";
export { takeLock } from "./lock.ts";
export { fetchedBoard, fetchedBoards } from "./package-recipe.ts";
export { type OnProgress, type ProgressEvent, type ProgressTextOptions, progressText } from "./progress.ts";
export { guestBoards, hasGuest } from "./recipe.ts";
export { READY_LINE, rootFileSystem } from "./root-file-system.ts";
export { cachedRootfs, fetchRootfs, type InstallJob, type RootfsOptions } from "./rootfs.ts";
export { listRootfs, type Rootfs } from "./rootfs-cache.ts";
export { rootfsNames } from "./rootfs-recipe.ts";
