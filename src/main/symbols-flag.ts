/** `--symbols` and `--no-symbols` as the command line has them. */
import type { Command } from "commander";

/** The files, `false` for `--no-symbols`; the later on the command line counts. */
export type SymbolsOption = readonly string[] | false | undefined;

/** For the command line: `--symbols` may be given several times. */
export const addSymbols = (path: string, before: SymbolsOption): string[] => [...(before || []), path];

export const NO_FILES =
  "ids uses the guest's memory and registers alone: no file, and not the kernel that was loaded, so that ids text cannot tell";

/** `without` says what `--no-symbols` means there. */
export const addSymbolOptions = (command: Command, without: string): Command =>
  command
    .option(
      "--symbols <file>",
      "System.map, vmlinux, BTF or Volatility's JSON of the guest's kernel, packed or not; held against memory, which it adds to when it is of the same build; may be given several times",
      addSymbols,
    )
    .option("--no-symbols", without);
