/** The hypervisor's messages as lines on standard error, in Xvisor's form: `WARNING: uart0: ...`. */
import { Logger, type LogLevel } from "../base/index.ts";
import { type ProgramIo, wantsColor } from "./program-io.ts";

const QUIET_LEVELS: ReadonlySet<LogLevel> = new Set(["debug", "info", "note"]);

const COLORS: Partial<Record<LogLevel, string>> = {
  warning: "\x1b[33m",
  error: "\x1b[31m",
  critical: "\x1b[31m",
  alert: "\x1b[31m",
  fatal: "\x1b[31m",
};

export interface LogOptions {
  /** Shows `debug`, `info` and `note` too. */
  verbose: boolean;
  /** A terminal in raw mode shows lines properly only with CR LF. */
  newline?: string;
}

export function createLog(io: ProgramIo, { verbose, newline = "\n" }: LogOptions): Logger {
  const isColored = wantsColor(io);
  return new Logger("", ({ level, source, message }) => {
    if (!verbose && QUIET_LEVELS.has(level)) return;
    const color = isColored ? COLORS[level] : undefined;
    const title = level.toUpperCase();
    const head = color === undefined ? title : `${color}${title}\x1b[0m`;
    io.err(`${head}: ${source === "" ? "" : `${source}: `}${message.replaceAll("\n", newline)}${newline}`);
  });
}
