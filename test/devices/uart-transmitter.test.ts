import { describe, expect, it } from "vitest";
import { StateReader } from "../../src/devices/state-reader.ts";
import { UartTransmitter } from "../../src/devices/uart-transmitter.ts";

function given() {
  const sent: number[] = [];
  const lengths: number[] = [];
  const far = { isHeld: false };
  const transmitter = new UartTransmitter({
    emit: (byte) => sent.push(byte),
    onFallen: (length) => lengths.push(length),
    isHeld: () => far.isHeld,
    wire: undefined,
  });
  return { sent, lengths, far, transmitter };
}

describe("the sending half of a UART", () => {
  it("sends at once", () => {
    const { transmitter, sent, lengths } = given();
    transmitter.push(65, 16);
    expect([sent, lengths, transmitter.isEmpty, transmitter.isBusy]).toEqual([[65], [0], true, false]);
  });

  it("keeps a FIFO's worth while the far end holds it up, and sends it in order afterwards", () => {
    const { transmitter, sent, far } = given();
    far.isHeld = true;
    for (let i = 0; i < 20; i++) transmitter.push(i, 16);
    expect([sent.length, transmitter.length, transmitter.isBusy]).toEqual([0, 16, true]);
    const copy = given();
    copy.far.isHeld = true;
    copy.transmitter.restore(new StateReader(structuredClone(transmitter.save()), "uart0"));
    far.isHeld = false;
    transmitter.pump();
    copy.far.isHeld = false;
    copy.transmitter.pump();
    expect([sent, copy.sent]).toEqual([Array.from({ length: 16 }, (_, i) => i), sent]);
  });
});
