/**
 * A virtual serial port between a guest's UART and whoever listens on the console.
 *
 * The backlog is used only while nobody listens: 1024 bytes of the hypervisor's heap, the oldest overwritten. Towards
 * the guest a bounded queue holds what the UART cannot take yet.
 */
import type { LineEvent, State, Stateful, StateValue } from "../base/index.ts";
import type { SerialBackend, SerialReceiver } from "../device/index.ts";
import { stateInvalid } from "./errors.ts";
import type { Heap, HeapBlock } from "./heap.ts";

export const BACKLOG_SIZE_BYTES = 1024;
/** Bytes that wait for the guest: more than any line a person or a script types at once. */
export const SEND_QUEUE_SIZE_BYTES = 8192;

export type SerialListener = (byte: number) => void;
export type LineListener = (event: LineEvent) => void;

/** What becomes of a character on its way: itself, another one, or nothing. */
export type LineFilter = (byte: number) => number | undefined;

export class VirtualSerialPort implements SerialBackend, Stateful {
  readonly name: string;
  /** A line that is not as it should be, each way; no part of the saved state, for it is outside the machine. */
  towardGuest: LineFilter | undefined;
  towardHost: LineFilter | undefined;
  private readonly heap: Heap;
  private block: HeapBlock;
  /** Index of the oldest byte in the backlog, and how many there are. */
  private backlogStart = 0;
  private backlogLength = 0;
  private queue: number[] = [];
  private guest: SerialReceiver | undefined;
  private readonly listeners = new Set<SerialListener>();
  private readonly observers = new Set<SerialListener>();
  private readonly lineListeners = new Set<LineListener>();
  /** The last event of each kind from each end: a listener or a UART that comes later learns what is. */
  private readonly nearLine = new Map<LineEvent["kind"], LineEvent>();
  private readonly farLine = new Map<LineEvent["kind"], LineEvent>();
  /** Asked before bytes go to the guest; true keeps them back: the asked one sends them later. */
  onSend: (bytes: Uint8Array) => boolean = () => false;
  /** The same before the far end changes its side of the line. */
  onFarLine: (event: LineEvent) => boolean = () => false;
  /** The run is repeated: what the guest sends was heard before. */
  isSilent = false;
  private draining = false;
  /** Called when the queue towards the guest has become empty. */
  onDrained: () => void = () => {};
  readonly isPaced: boolean;

  constructor(name: string, heap: Heap, isPaced = false) {
    this.name = name;
    this.isPaced = isPaced;
    this.heap = heap;
    this.block = heap.allocate(BACKLOG_SIZE_BYTES, `${name} backlog`);
  }

  get isListenedTo(): boolean {
    return this.listeners.size > 0;
  }

  /** How many bytes `send` would take now. */
  get space(): number {
    return SEND_QUEUE_SIZE_BYTES - this.queue.length;
  }

  get pendingBytes(): number {
    return this.queue.length;
  }

  /** Gets every byte the guest sends; while there is a listener the backlog stays empty. Answers how to stop. */
  listen(listener: SerialListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sees every byte without counting as a listener: for logs and for waiting on a pattern. */
  observe(observer: SerialListener): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /** The backlog, oldest first; `take` also empties it. */
  backlog(): Uint8Array {
    const bytes = new Uint8Array(this.backlogLength);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = this.block.bytes[(this.backlogStart + i) % BACKLOG_SIZE_BYTES];
    }
    return bytes;
  }

  takeBacklog(): Uint8Array {
    const bytes = this.backlog();
    this.backlogLength = 0;
    return bytes;
  }

  /** Queues bytes towards the guest; answers how many were taken. */
  send(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.space);
    if (count > 0 && this.onSend(bytes.slice(0, count))) return count;
    for (let i = 0; i < count; i++) {
      const byte = this.towardGuest === undefined ? bytes[i] : this.towardGuest(bytes[i]);
      if (byte !== undefined) this.queue.push(byte);
    }
    this.drain();
    return count;
  }

  transmit(sent: number): void {
    const byte = this.towardHost === undefined ? sent : this.towardHost(sent);
    if (byte === undefined) return;
    if (this.listeners.size === 0) this.keep(byte);
    if (this.isSilent) return;
    for (const observer of this.observers) observer(byte);
    for (const listener of this.listeners) listener(byte);
  }

  /** Learns what the guest does to its side of the line, and at once what it has done. Answers how to stop. */
  listenToLine(listener: LineListener): () => void {
    this.lineListeners.add(listener);
    for (const event of this.nearLine.values()) listener(event);
    return () => this.lineListeners.delete(listener);
  }

  lineChanged(event: LineEvent): void {
    this.nearLine.set(event.kind, event);
    if (this.isSilent) return;
    for (const listener of this.lineListeners) listener(event);
  }

  /** The far end changes its side of the line. */
  changeFarLine(event: LineEvent): void {
    if (this.onFarLine(event)) return;
    this.farLine.set(event.kind, event);
    this.guest?.farLineChanged?.(event);
  }

  connect(guest: SerialReceiver): void {
    this.guest = guest;
    guest.onDrained = () => this.drain();
    for (const event of this.farLine.values()) if (event.kind !== "break") guest.farLineChanged?.(event);
    this.drain();
  }

  /** The UART is gone (`guest destroy`); bytes wait for the next one. */
  disconnect(): void {
    this.guest = undefined;
  }

  /** Gives the backlog's block back to the heap. */
  destroy(): void {
    this.disconnect();
    this.listeners.clear();
    this.observers.clear();
    this.lineListeners.clear();
    this.heap.release(`${this.name} backlog`);
  }

  private keep(byte: number): void {
    this.block.bytes[(this.backlogStart + this.backlogLength) % BACKLOG_SIZE_BYTES] = byte;
    if (this.backlogLength < BACKLOG_SIZE_BYTES) this.backlogLength++;
    else this.backlogStart = (this.backlogStart + 1) % BACKLOG_SIZE_BYTES;
  }

  private drain(): void {
    // A UART that reports space from inside `receive` must not start a second drain.
    if (this.draining) return;
    this.draining = true;
    let sent = 0;
    while (sent < this.queue.length && this.guest !== undefined && this.guest.space > 0) {
      this.guest.receive(this.queue[sent++]);
    }
    if (sent > 0) this.queue.splice(0, sent);
    this.draining = false;
    if (sent > 0 && this.queue.length === 0) this.onDrained();
  }

  /** Where the backlog is in its block; the bytes themselves are part of host RAM. */
  save(): State {
    const { backlogStart, backlogLength, queue } = this;
    return { backlogStart, backlogLength, queue: Uint8Array.from(queue) };
  }

  /** Heap and host RAM must have been restored before. */
  restore({ backlogStart, backlogLength, queue }: State): void {
    const isInside = (value: StateValue, limit: number): value is number =>
      typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= limit;
    if (!isInside(backlogStart, BACKLOG_SIZE_BYTES - 1) || !isInside(backlogLength, BACKLOG_SIZE_BYTES)) {
      throw stateInvalid(this.name, "a place in the backlog", `${String(backlogStart)}, ${String(backlogLength)}`);
    }
    if (!(queue instanceof Uint8Array)) throw stateInvalid(this.name, "the queue's bytes", typeof queue);
    this.block = this.heap.blockOf(`${this.name} backlog`) ?? this.block;
    this.backlogStart = backlogStart;
    this.backlogLength = backlogLength;
    this.queue = [...queue];
  }
}
