/** Raw mode of the terminal we run in, put back however the process ends. */
import type { ReadStream } from "node:tty";

const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const;

/** Switches the terminal to raw mode (keys come one by one, Ctrl-C is a byte); the result switches back. */
export function enterRawMode(input: ReadStream): () => void {
  const leave = () => {
    if (!input.destroyed) input.setRawMode(false);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    leave();
    // Without another listener the signal must still end the process, as it would have without us.
    if (process.listenerCount(signal) > 1) return;
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onContinue = () => input.setRawMode(true);
  input.setRawMode(true);
  process.on("exit", leave);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("SIGCONT", onContinue);
  return () => {
    leave();
    process.removeListener("exit", leave);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    process.removeListener("SIGCONT", onContinue);
  };
}
