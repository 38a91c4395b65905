/** Numbers of TELNET (RFC 854, 856, 857, 858) and of its COM port option (RFC 2217). */

export const IAC = 255;
export const Verb = { SE: 240, NOP: 241, BREAK: 243, SB: 250, WILL: 251, WONT: 252, DO: 253, DONT: 254 } as const;

export const Option = {
  binary: 0,
  echo: 1,
  suppressGoAhead: 3,
  comPort: 44,
  /**
   * Ours, from the numbers that nobody has registered: the sender says the virtual time of the data that follows, as
   * eight bytes of nanoseconds, most significant first.
   */
  virtualTime: 224,
} as const;

/** Client to server; the server's answer has 100 more. */
export const ComPort = {
  signature: 0,
  setBaudRate: 1,
  setDataSize: 2,
  setParity: 3,
  setStopSize: 4,
  setControl: 5,
  notifyLineState: 6,
  notifyModemState: 7,
  flowSuspend: 8,
  flowResume: 9,
  setLineStateMask: 10,
  setModemStateMask: 11,
  purgeData: 12,
} as const;

export const SERVER_OFFSET = 100;

/** Values of SET-CONTROL. */
export const Control = {
  askFlow: 0,
  flowNone: 1,
  flowSoftware: 2,
  flowHardware: 3,
  askBreak: 4,
  breakOn: 5,
  breakOff: 6,
  askDtr: 7,
  dtrOn: 8,
  dtrOff: 9,
  askRts: 10,
  rtsOn: 11,
  rtsOff: 12,
  askInboundFlow: 13,
} as const;

/** NOTIFY-MODEMSTATE and NOTIFY-LINESTATE. */
export const ModemState = { cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80 } as const;
export const LineState = { breakDetected: 0x10 } as const;
