/** What the hypervisor's objects need of the clock; the machine's event clock is one. */

export interface TimeSource {
  /** Virtual nanoseconds since power-on. */
  nowNs(): number;
}
