/** Leveled messages of the hypervisor itself; the console and `--verbose` decide what is shown. */

export type LogLevel = "debug" | "info" | "note" | "warning" | "error" | "critical" | "alert" | "fatal";

export interface LogRecord {
  level: LogLevel;
  /** Who speaks: a device (`uart0`), a folder (`loader`). */
  source: string;
  message: string;
}

export type LogSink = (record: LogRecord) => void;

export class Logger {
  readonly source: string;
  private readonly sink: LogSink;
  private readonly said = new Set<string>();

  constructor(source: string, sink: LogSink) {
    this.source = source;
    this.sink = sink;
  }

  child(source: string): Logger {
    return new Logger(source, this.sink);
  }

  log(level: LogLevel, message: string): void {
    this.sink({ level, source: this.source, message });
  }

  debug(message: string): void {
    this.log("debug", message);
  }

  info(message: string): void {
    this.log("info", message);
  }

  warning(message: string): void {
    this.log("warning", message);
  }

  error(message: string): void {
    this.log("error", message);
  }

  /** For what a guest may do a million times: said once per message. */
  warnOnce(message: string): void {
    if (this.said.has(message)) return;
    this.said.add(message);
    this.warning(message);
  }
}

/** A logger that says nothing. */
export const silentLogger = (): Logger => new Logger("", () => {});
