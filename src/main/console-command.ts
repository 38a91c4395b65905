/** `komainu console PORT`: a serial terminal on a real or virtual port. */
import { ExitCode } from "../base/index.ts";
import { createTransport, type Disconnection, ESCAPE_HELP, parseSerialSpec, type Transport } from "../serial/index.ts";
import { consoleNeedsPort } from "./errors.ts";
import { Interruption } from "./interruption.ts";
import { createLog } from "./log-text.ts";
import type { ProgramIo } from "./program-io.ts";

/** Passes bytes both ways until one of the two is gone for good, and stops the other. */
export async function joinTransports(near: Transport, far: Transport): Promise<Disconnection> {
  const over = new Promise<Disconnection>((resolve) => {
    const end = (disconnection: Disconnection): void => {
      if (disconnection.final) resolve(disconnection);
    };
    near.onClose = end;
    far.onClose = end;
  });
  near.onData = (data) => far.write(data);
  far.onData = (data) => near.write(data);
  await far.start();
  try {
    await near.start();
    return await over;
  } finally {
    await near.stop();
    await far.stop();
  }
}

export async function consoleTerminal(io: ProgramIo, port: string): Promise<ExitCode> {
  const spec = parseSerialSpec(port, "connect");
  if (spec.kind === "stdio") throw consoleNeedsPort(port);
  const log = createLog(io, { verbose: true, newline: "\r\n" });
  const near = createTransport({ kind: "stdio" }, { log });
  const far = createTransport(spec, { log });
  const interruption = new Interruption();
  interruption.onRequest = () => void near.stop();
  interruption.listen();
  try {
    io.err(`${far.description}${near.isInteractive ? `; ${ESCAPE_HELP}` : ""}\n`);
    const { reason } = await joinTransports(near, far);
    io.err(`\n${reason}\n`);
    return interruption.isRequested ? ExitCode.interrupted : ExitCode.ok;
  } finally {
    interruption.stop();
  }
}
