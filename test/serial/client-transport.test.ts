import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { ClientTransport } from "../../src/serial/client-transport.ts";
import { STOP_PATIENCE_MS } from "../../src/serial/transport.ts";

class FakeSocket extends EventEmitter {
  readonly calls: string[] = [];
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
}

class Client extends ClientTransport<FakeSocket> {
  readonly line = new FakeSocket();
  /** A socket that is asked to end does so at once, or never. */
  isDeaf = false;

  open(): this {
    this.connected(this.line);
    return this;
  }
  protected hangUp(socket: FakeSocket): void {
    if (!this.isDeaf) socket.emit("close");
  }
  protected drop(socket: FakeSocket): void {
    socket.calls.push("drop");
    socket.emit("close");
  }
}

describe("a client of somebody else's port", () => {
  it("holds the other end up and lets it go on", () => {
    const client = new Client().open();
    client.pause();
    client.resume();
    expect(client.line.calls).toEqual(["pause", "resume"]);
  });

  it("says once, and for good, why it has ended", () => {
    const client = new Client().open();
    client.onClose = vi.fn();
    client.line.emit("error", new Error("reset"));
    client.line.emit("close");
    client.line.emit("close");
    expect(client.onClose).toHaveBeenCalledExactlyOnceWith({ reason: "reset", final: true });
    expect(client.isConnected).toBe(false);
  });

  it("stops in good order, or by force when the other end does not answer", async () => {
    const client = new Client().open();
    client.onClose = vi.fn();
    await client.stop();
    expect(client.onClose).toHaveBeenCalledWith({ reason: "stopped", final: true });
    await client.stop();
    vi.useFakeTimers();
    try {
      const deaf = new Client().open();
      deaf.isDeaf = true;
      const stopped = deaf.stop();
      await vi.advanceTimersByTimeAsync(STOP_PATIENCE_MS);
      await stopped;
      expect(deaf.line.calls).toEqual(["drop"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
