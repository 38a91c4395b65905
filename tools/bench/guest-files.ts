/** The guest that both machines start: files, command line and memory, so that they differ in nothing else. */
import { loadBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { fetchedBoard, findGuest } from "../../src/guest/index.ts";
import type { BenchBoard } from "./board.table.ts";
import { guestMissing } from "./errors.ts";

export interface GuestFiles {
  board: string;
  /** A zImage. */
  kernel: string;
  deviceTree: string;
  initrd: string;
  commandLine: string;
  /** Of QEMU's machine. */
  machine: string;
  machineMegabytes: number;
  machineCommandLine: string;
  /** Pattern of the line that says that user space is up. */
  readyPattern: string;
  /** Pattern of the shell prompt at the end of what was printed. */
  shellPrompt: string;
  /** The guest's hash, and its kernel's version. */
  identity: string;
}

/** Throws `bench-guest-missing` when it has to be built first. */
export function findGuestFiles({ name: board, machine, machineMegabytes, machineWords }: BenchBoard): GuestFiles {
  const { profile } = loadBoard(board, { models: deviceModels });
  const guest = findGuest(board);
  if (guest === undefined) throw guestMissing(board, fetchedBoard(board) === undefined ? "build" : "fetch");
  const { commandLine } = profile.boot;
  return {
    board,
    kernel: guest.zImage,
    deviceTree: guest.dtb,
    initrd: guest.initrd,
    commandLine,
    machine,
    machineMegabytes: machineMegabytes ?? profile.guest.memorySizeBytes / 2 ** 20,
    machineCommandLine: machineWords === undefined ? commandLine : `${commandLine} ${machineWords}`,
    readyPattern: profile.boot.readyPattern,
    shellPrompt: profile.boot.shellPrompt,
    identity: `${guest.hash}, Linux ${guest.kernelVersion}`,
  };
}
