/** Ctrl-C and termination signals as a flag that loops look at, so that everything is left in order. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class Interruption {
  isRequested = false;
  /** Called at the first signal. */
  onRequest: () => void = () => {};

  private readonly take = (): void => {
    // The second one is for a user who does not want to wait.
    if (this.isRequested) process.exit(130);
    this.isRequested = true;
    this.onRequest();
  };

  /** As the first signal does. */
  request(): void {
    this.isRequested = true;
    this.onRequest();
  }

  listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.take);
  }

  stop(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.take);
  }
}
