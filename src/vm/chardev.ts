/** Character devices of the host, of which one is the console. */

export interface CharacterDevice {
  readonly name: string;
  /** Path in the host device tree. */
  readonly path: string;
}

/** The console's device and the level of messages shown on it. */
export class StandardIo {
  device: CharacterDevice;
  /** 0 (fatal only) to 6 (information). */
  logLevel = 6;

  constructor(device: CharacterDevice) {
    this.device = device;
  }
}

/** Severity of a message level in `stdio loglevel` terms; higher is less important. */
export const logSeverity = {
  fatal: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  note: 5,
  info: 6,
  debug: 7,
} as const;
