/** Leveled messages of the hypervisor itself; the console and `--verbose` decide what is shown. */

export type LogLevel = "debug" | "info" | "note" | "warning" | "error" | "critical" | "alert" | "fatal";

export interface LogRecord {
  level: LogLevel;
  /** Who speaks: a device (`uart0`), a folder (`loader`). */
  source: string;
  message: string;
}

export type LogSink = (record: LogRecord) => void;

const recallKey = ({ source, message }: Pick<LogRecord, "source" | "message">): string => `${source}\0${message}`;

export class Logger {
  readonly source: string;
  private readonly sink: LogSink;
  private readonly said = new Set<string>();
  /** Recalled warnings that no logger has said again; shared with all children. */
  private readonly recalled: Set<string>;

  constructor(source: string, sink: LogSink, recalled = new Set<string>()) {
    this.source = source;
    this.sink = sink;
    this.recalled = recalled;
  }

  child(source: string): Logger {
    return new Logger(source, this.sink, this.recalled);
  }

  /** Passes on what another logger said. */
  pass(record: LogRecord): void {
    this.sink(record);
  }

  /** Says what was said in a part of the run that is not executed again; what is said only once then counts as said. */
  recall(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.level === "warning") this.recalled.add(recallKey(record));
      this.sink(record);
    }
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
    if (!this.recalled.delete(recallKey({ source: this.source, message }))) this.warning(message);
  }
}

/** A logger that says nothing. */
export const silentLogger = (): Logger => new Logger("", () => {});
