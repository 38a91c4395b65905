/** The errors of transports: one function per code. */
import { ExitCode, HvError } from "../base/index.ts";
import type { PortHolder } from "./port-holders.ts";

export const serialSpecInvalid = (spec: string, problem: string): HvError =>
  new HvError({
    code: "serial-spec-invalid",
    message: `serial port "${spec}": ${problem}`,
    hint: "Kinds: stdio, /dev/ttyX[,baud], pty[:LINK], and tcp:, telnet:, rfc2217:, ws: with [HOST:]PORT, unix:PATH; tcp-connect:HOST:PORT and unix-connect:PATH go to a port that another program has.",
    facts: { spec },
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

export const addressBusy = (where: string): HvError =>
  new HvError({
    code: "address-busy",
    message: `${where} is taken: another program listens there`,
    hint: "Choose another port, or 0 for any free one; `ss -ltnp` shows who listens.",
    facts: { where },
    exitCode: ExitCode.environment,
  });

export const addressUnusable = (where: string, cause: unknown): HvError =>
  new HvError({
    code: "address-unusable",
    message: `nothing can listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give an address of this machine and a port above 1023, or a path in a folder that exists.",
    facts: { where },
    exitCode: ExitCode.environment,
    cause,
  });

export const nativeMissing = (cause: unknown): HvError =>
  new HvError({
    code: "native-missing",
    message: "a virtual port needs the npm package koffi, which is not installed or does not load here",
    hint: "Install it with: npm install koffi@3.3.4. Without it: `socat pty,raw,echo=0,link=/tmp/board pty,raw,echo=0,link=/tmp/desk`, and --serial /tmp/board; or --serial tcp:4000.",
    exitCode: ExitCode.environment,
    cause,
  });

export const ptyUnavailable = (cause: unknown): HvError =>
  new HvError({
    code: "pty-unavailable",
    message: `the system gives no pseudo-terminal: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Check that /dev/ptmx and /dev/pts are there (in a container: mount devpts), or use tcp:PORT.",
    exitCode: ExitCode.environment,
    cause,
  });

export const linkTaken = (link: string): HvError =>
  new HvError({
    code: "link-taken",
    message: `${link} exists and is no link to a pseudo-terminal; it was left as it is`,
    hint: "Give a name that is free, such as pty:/tmp/board.",
    facts: { link },
    exitCode: ExitCode.environment,
  });

export const linkUnusable = (link: string, cause: unknown): HvError =>
  new HvError({
    code: "link-unusable",
    message: `the link ${link} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give a name in a folder that exists and that you may write to.",
    facts: { link },
    exitCode: ExitCode.environment,
    cause,
  });
