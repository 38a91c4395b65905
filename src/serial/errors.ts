/** The errors of transports: one function per code. */
import { ExitCode, HvError } from "../base/index.ts";
import type { PortHolder } from "./port-holders.ts";

export const serialSpecInvalid = (spec: string, problem: string): HvError =>
  new HvError({
    code: "serial-spec-invalid",
    message: `serial port "${spec}": ${problem}`,
    hint: "Give stdio, a device with an optional baud rate (/dev/ttyUSB0,115200), tcp:HOST:PORT or unix:PATH.",
    facts: { spec },
  });

export const serialSpecUnsupported = (spec: string, kind: string): HvError =>
  new HvError({
    code: "serial-spec-unsupported",
    message: `serial port "${spec}": ${kind} ports are not available in this version`,
    hint: "For a virtual port, make a pair with `socat -d -d pty,raw,echo=0 pty,raw,echo=0` and give one of its names.",
    facts: { spec, kind },
  });

export const serialportMissing = (cause: unknown): HvError =>
  new HvError({
    code: "serialport-missing",
    message: "a serial device needs the npm package serialport, which is not installed or does not load here",
    hint: "Install it with: npm install serialport@13",
    exitCode: ExitCode.environment,
    cause,
  });

const named = ({ pid, command }: PortHolder): string => `${command} (pid ${pid})`;

export const portBusy = (path: string, holders: readonly PortHolder[]): HvError =>
  new HvError({
    code: "port-busy",
    message:
      holders.length === 0
        ? `serial port ${path} is busy: held by a process that this user may not look at`
        : `serial port ${path} is busy: held by ${holders.map(named).join(", ")}`,
    hint:
      holders.length === 0
        ? `See who it is with: sudo fuser -v ${path}`
        : "Close that program, or choose another port.",
    facts: { path, holders },
    exitCode: ExitCode.environment,
  });

export const portMissing = (path: string, found: readonly string[]): HvError =>
  new HvError({
    code: "port-missing",
    message: `serial port ${path} does not exist; found ${found.length === 0 ? "no serial port" : found.join(", ")}`,
    hint: "Plug the adapter in, or give one of the ports that exist; names in /dev/serial/by-id stay the same over a replug.",
    facts: { path, found },
    exitCode: ExitCode.environment,
  });

export const portDenied = (path: string): HvError =>
  new HvError({
    code: "port-denied",
    message: `serial port ${path} may not be opened by this user`,
    hint: "Join the port's group (usually: sudo usermod -aG dialout $USER) and log in again.",
    facts: { path },
    exitCode: ExitCode.environment,
  });

export const portUnusable = (path: string, cause: unknown): HvError =>
  new HvError({
    code: "port-unusable",
    message: `${path} does not open as a serial port: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Check that it is a serial device and that it can do the baud rate asked for.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause,
  });

export const socketUnreachable = (where: string, cause: unknown): HvError =>
  new HvError({
    code: "socket-unreachable",
    message: `no connection to ${where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Start the program that listens there first.",
    facts: { where },
    exitCode: ExitCode.environment,
    cause,
  });
