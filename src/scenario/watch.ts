/** The logs of all serial ports, what is awaited on one of them, and what must never come on the console. */
import { ConsoleLog } from "./console-log.ts";
import type { Pattern } from "./pattern.ts";

export class Watch {
  private readonly logs = new Map<string, ConsoleLog>();
  private readonly forbidden: readonly Pattern[];
  private awaited: { port: string; patterns: readonly Pattern[] } | undefined;
  private forbiddenFrom = 0;
  private consolePort = "";
  /** The forbidden pattern that came. */
  violation: Pattern | undefined;
  /** What came of the patterns that are awaited. */
  match: Pattern | undefined;
  /** Called at the byte that makes one of them match. */
  onMatch: () => void = () => {};
  nowNs: () => number = () => 0;

  constructor(forbidden: readonly Pattern[]) {
    this.forbidden = forbidden;
  }

  log(port: string): ConsoleLog {
    const known = this.logs.get(port);
    if (known !== undefined) return known;
    const log = new ConsoleLog();
    this.logs.set(port, log);
    return log;
  }

  /** From here on the forbidden patterns count; what the boot printed was looked at when it was booted. */
  begin(consolePort: string): void {
    this.consolePort = consolePort;
    const log = this.log(consolePort);
    this.forbiddenFrom = log.end;
    log.skip();
  }

  readonly feed = (port: string, byte: number): void => {
    const log = this.log(port);
    if (!log.feed(byte, this.nowNs())) return;
    if (port === this.consolePort) this.lookForForbidden(log);
    const { awaited } = this;
    if (awaited === undefined || awaited.port !== port || this.match !== undefined) return;
    this.found(awaited.patterns.find((pattern) => log.takeNew(pattern)));
  };

  /** Looks for one of the patterns in what came since the cursor, and then in every byte that comes. */
  await(port: string, patterns: readonly Pattern[]): void {
    this.match = undefined;
    this.awaited = { port, patterns };
    const log = this.log(port);
    this.found(patterns.find((pattern) => log.take(pattern)));
  }

  rest(): void {
    this.awaited = undefined;
    this.match = undefined;
  }

  private found(pattern: Pattern | undefined): void {
    if (pattern === undefined) return;
    this.match = pattern;
    this.onMatch();
  }

  private lookForForbidden(log: ConsoleLog): void {
    if (this.violation !== undefined) return;
    this.violation = this.forbidden.find((pattern) => log.hasNew(pattern, this.forbiddenFrom));
    if (this.violation !== undefined) this.onMatch();
  }
}
