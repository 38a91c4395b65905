/**
 * `komainu/testing`: what tests of boards are written with. This file is the whole of its types and imports nothing, so
 * that its declarations stand alone.
 */

/** A piece of text as it is, or a regular expression; `^` and `$` mean lines. */
export type TextPattern = string | RegExp;

export interface BoardOptions {
  /** `prompt`: at the first prompt of its shell, from where an earlier boot was kept; `off`: nothing has run. */
  start?: "prompt" | "off";
  /** More words for the kernel command line. */
  append?: string;
  /** A root file system of the board's profile, such as `debian`; no `diskBytes` beside it. */
  rootfs?: string;
  /** A virtio disk of so many bytes, empty; whole sectors of 512. */
  diskBytes?: number;
  /** For each call, in the guest's time. Default 10,000. */
  timeoutMs?: number;
  /** For the whole life of the board, in the host's time. Default 120,000. */
  hostTimeoutMs?: number;
  /** A console that prints one of these fails the running call at once. Default: a kernel's panic and oops. */
  forbid?: TextPattern[];
  /** Of line faults that name none. Default: of the board's name. */
  seed?: number | "random";
  /** Where machines at their prompt are kept. Default `on`, the usual cache. */
  bootCache?: "on" | "off" | { folder: string };
  /** `jit` compiles hot code; the guest cannot tell. Default `jit`. */
  engine?: "jit" | "interp";
}

export interface PortOptions {
  /** A serial port such as `uart1`; the console without it. */
  port?: string;
}

export interface WaitOptions extends PortOptions {
  /** In the guest's time. */
  timeoutMs?: number;
}

export interface ShellResult {
  /** Exit code. */
  status: number;
  output: string;
}

export interface ConsoleResult {
  /** 0, or the hypervisor's code. */
  code: number;
  text: string;
  /** What `--json` prints. */
  data: unknown;
}

export interface CheckResult {
  verdict: "clean" | "finding" | "cannot-tell";
  text: string;
  data: unknown;
}

export interface LineFaultOptions extends PortOptions {
  kind: "drop" | "noise";
  /** Share of the characters that are hit: above 0, at most 1. */
  rate: number;
  /** Which way they travel. Default `guest`. */
  toward?: "guest" | "host";
  seed?: number | "random";
}

export type PinLevel = "high" | "low";

/** A board that runs. Time passes only inside its calls, so that a test takes the same instructions on every run. */
export interface RunningBoard {
  readonly name: string;
  /** What the console has printed, without control sequences. */
  readonly output: string;
  /** Instructions since power-on. */
  readonly instructions: number;
  /** The guest's time since power-on. */
  readonly virtualMs: number;
  /** Types text as it is. */
  send(text: string, options?: PortOptions): Promise<void>;
  /** Types text and Enter. */
  line(text: string, options?: PortOptions): Promise<void>;
  /** Waits until the console has printed it, after what was expected before. Rejects with a `BoardFailure`. */
  expect(pattern: TextPattern, options?: WaitOptions): Promise<void>;
  /** Rejects when it is printed within that time of the guest's. */
  never(pattern: TextPattern, milliseconds: number, options?: PortOptions): Promise<void>;
  /** Lets the guest's time pass. */
  wait(milliseconds: number): Promise<void>;
  /** Runs a line at the guest's shell. */
  shell(line: string, options?: WaitOptions): Promise<ShellResult>;
  /** Runs a line at the hypervisor's console. */
  console(line: string, options?: { timeoutMs?: number }): Promise<ConsoleResult>;
  /** Looks into the guest's kernel from outside: `plist`, `syscall` and the others of `ids list`. */
  ids(check: string): Promise<CheckResult>;
  /** Guest-physical memory, or a kernel symbol's. */
  readMemory(where: number | string, sizeBytes: number): Uint8Array;
  writeMemory(address: number, bytes: Uint8Array): Promise<void>;
  /** A register of the CPU by the names of `vcpu dumpreg`: `PC`, `R0`, `SCTLR`. */
  register(name: string): number;
  /** A register of a device, without the effects that a read may have: `sysctl.SYS_LED`. */
  deviceRegister(path: string): number;
  /** A pin such as `gpio0.3`. */
  pin(name: string): PinLevel;
  drivePin(name: string, level: PinLevel): Promise<void>;
  saveSnapshot(name?: string): Promise<void>;
  loadSnapshot(name?: string): Promise<void>;
  /** From now on the serial line drops characters, or changes them. */
  disturb(fault: LineFaultOptions): Promise<void>;
  repairLine(options?: PortOptions): Promise<void>;
  /** From now on the device answers each read with this word, and takes no writes. */
  stick(device: string, reads?: number): Promise<void>;
  unstick(device: string): Promise<void>;
  /** Switches on a board that is off: one that began so, or after `cutPower`. */
  powerOn(): Promise<void>;
  /** Nothing is synced; a disk keeps what had reached it. */
  cutPower(): Promise<void>;
  reset(): Promise<void>;
  /** Everything that was done, as a file for `komainu replay`. */
  journal(): string;
}

export interface BoardFactory {
  /** Powers a board on: its name, or a profile file. */
  open(board: string, options?: BoardOptions): Promise<RunningBoard>;
}

/** Why a call of a board failed; the message has all that a failing scenario tells. */
export interface BoardFailure extends Error {
  readonly kind: "assertion" | "timeout" | "host-timeout" | "forbidden" | "error";
  readonly journal: string;
}

export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** For `expect.extend(matchers)`; `komainu/testing/vitest` does it and adds their types. */
export interface BoardMatchers {
  /** `await expect(board).toPrint(/login:/)`. */
  toPrint(board: unknown, pattern: TextPattern, options?: WaitOptions): Promise<MatcherResult>;
  /** `await expect(board).toPassCheck("plist")`. */
  toPassCheck(board: unknown, check: string): Promise<MatcherResult>;
  /** `await expect(board).toRun("test -e /etc/passwd")`: exit code 0 at the guest's shell. */
  toRun(board: unknown, line: string, options?: WaitOptions): Promise<MatcherResult>;
  /** `expect(board).toHavePin("gpio0.3", "high")`. */
  toHavePin(board: unknown, pin: string, level: PinLevel): MatcherResult;
}
