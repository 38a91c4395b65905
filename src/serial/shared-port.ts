/** A port that listens: many clients read it, one of them types, none of them can hold the others up. */
import type { LineEvent, Logger } from "../base/index.ts";
import { TokenReader, tokenCheck } from "./access-token.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { Link } from "./link.ts";
import { type Listener, startListener } from "./link-listener.ts";
import { type Address, addressText, type Protocol } from "./serial-spec.ts";
import { MAX_PENDING_BYTES, MAX_UNHEARD_BYTES, type Transport, TransportBase, toBytes } from "./transport.ts";
import { newSeat, type Seat, WriteLease } from "./write-lease.ts";

export const MAX_CLIENTS = 16;
/** Of them, such that have not said the token: strangers must not keep the others out. */
const MAX_STRANGERS = 8;
const TOKEN_PATIENCE_MS = 30_000;
/** A guess costs so long. */
const WRONG_TOKEN_PAUSE_MS = 1_000;
/** Handed to a link at a time, so that what is dropped for a slow client is dropped here. */
const BATCH_BYTES = 1 << 16;

export interface SharedPortOptions {
  readonly protocol: Protocol;
  readonly address: Address;
  readonly log: Logger;
  /** What clients from other machines must say; without one they are refused. */
  readonly token?: string;
  readonly leaseMs?: number;
}

interface Client {
  readonly link: Link;
  readonly seat: Seat;
  readonly queue: ByteQueue;
  /** Until the token was said. */
  tokenReader: TokenReader | undefined;
  timer: NodeJS.Timeout | undefined;
  isStalled: boolean;
}

export class SharedPort extends TransportBase implements Transport {
  readonly isInteractive = true;
  isConnected = false;
  private readonly options: SharedPortOptions;
  private readonly isToken: (text: string) => boolean;
  private readonly lease: WriteLease;
  private readonly clients = new Set<Client>();
  /** What was written while nobody was there. */
  private readonly unheard = new ByteQueue();
  private listener: Listener | undefined;
  private isPaused = false;
  /** Where our side of the line differs from what a client expects at first. */
  private readonly lineEvents = new Map<LineEvent["kind"], LineEvent>();

  constructor(options: SharedPortOptions) {
    super();
    this.options = options;
    this.isToken = tokenCheck(options.token);
    this.lease = new WriteLease(options.leaseMs);
  }

  get description(): string {
    return this.listener?.description ?? addressText(this.options.protocol, this.options.address);
  }

  private get members(): Client[] {
    return [...this.clients].filter(({ tokenReader }) => tokenReader === undefined);
  }

  /** That of the fastest reader: the others lose what they cannot take. */
  get pendingBytes(): number {
    const pending = this.members.map(({ link, queue }) => queue.length + link.pendingBytes);
    return pending.length === 0 ? 0 : Math.min(...pending);
  }

  async start(): Promise<void> {
    const { protocol, address, log } = this.options;
    this.listener = await startListener({
      protocol,
      address,
      isToken: this.isToken,
      onLink: (link) => this.welcome(link),
      onRefused: (peer, why) => log.warning(`${this.description}: refused ${peer}: ${why}`),
    });
    this.isConnected = true;
  }

  write(data: Uint8Array | string, atNs?: number): void {
    const bytes = toBytes(data);
    const { members } = this;
    if (members.length === 0) this.unheard.push(bytes, MAX_UNHEARD_BYTES);
    for (const client of members) this.put(client, bytes, atNs);
  }

  override setLine(event: LineEvent): void {
    this.lineEvents.set(event.kind, event);
    for (const { link } of this.members) link.setLine(event);
  }

  pause(): void {
    this.isPaused = true;
    for (const { link } of this.members) link.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const { link } of this.members) link.resume();
  }

  async stop(): Promise<void> {
    const { listener } = this;
    if (listener === undefined || !this.isConnected) return;
    this.isConnected = false;
    this.lease.free();
    for (const client of this.clients) {
      if (client.queue.length > 0) client.link.send(client.queue.take(MAX_PENDING_BYTES));
      client.link.close();
    }
    await listener.close();
    this.onClose({ reason: "stopped", final: true });
  }

  private welcome(link: Link): void {
    const { log } = this.options;
    const isMember = link.isLocal || link.isAuthorized;
    const client: Client = {
      link,
      seat: newSeat(),
      queue: new ByteQueue(),
      tokenReader: isMember ? undefined : new TokenReader(),
      timer: undefined,
      isStalled: false,
    };
    const strangers = this.clients.size - this.members.length;
    const isFull = this.clients.size >= MAX_CLIENTS || (!isMember && strangers >= MAX_STRANGERS);
    link.start({
      onData: (data) => this.take(client, data),
      onLine: (event) => this.lineChanged(client, event),
      onDrain: () => this.drain(client),
      onClose: (reason) => this.leave(client, reason),
    });
    if (isFull || !this.isConnected) {
      link.notice(`${this.description} has as many clients already as it can serve`);
      link.close();
      return;
    }
    this.clients.add(client);
    if (isMember) {
      this.join(client);
      return;
    }
    if (this.options.token === undefined)
      log.warning(`${link.peer} is another machine, and there is no token for those`);
    link.send(Buffer.from("Token: "));
    client.timer = setTimeout(() => link.close(), TOKEN_PATIENCE_MS);
    client.timer.unref();
  }

  private join(client: Client): void {
    const { link } = client;
    this.options.log.info(`${this.description}: ${link.peer} connected`);
    if (this.isPaused) link.pause();
    for (const event of this.lineEvents.values()) link.setLine(event);
    const missed = this.unheard.take(MAX_UNHEARD_BYTES);
    if (missed.length > 0) this.put(client, missed);
    if (this.members.length === 1) this.onOpen();
  }

  private leave(client: Client, reason: string): void {
    clearTimeout(client.timer);
    if (!this.clients.delete(client)) return;
    this.lease.release(client.seat);
    if (client.tokenReader !== undefined) return;
    this.options.log.info(`${this.description}: ${client.link.peer} disconnected: ${reason}`);
    if (this.members.length > 0 || !this.isConnected) return;
    // The next one goes on where this one stopped.
    this.unheard.push(client.queue.take(MAX_PENDING_BYTES), MAX_UNHEARD_BYTES);
    this.onClose({ reason: `${client.link.peer}: ${reason}`, final: false });
  }

  private take(client: Client, data: Uint8Array): void {
    if (!this.clients.has(client)) return;
    if (client.tokenReader !== undefined) {
      this.takeToken(client, client.tokenReader, data);
      return;
    }
    const verdict = this.lease.typed(client.seat, data);
    if (verdict.kind === "pass") {
      this.onData(data);
      return;
    }
    const { link } = client;
    if (verdict.kind === "refused") {
      if (verdict.isFirst) link.notice(`${this.typist() ?? "another client"} types; Ctrl-T w takes the keyboard`);
      return;
    }
    const before = this.members.find(({ seat }) => seat === verdict.from);
    before?.link.notice(`${link.peer} has taken the keyboard; Ctrl-T w takes it back`);
    link.notice("the keyboard is yours");
  }

  private typist(): string | undefined {
    return this.members.find(({ seat }) => this.lease.holds(seat))?.link.peer;
  }

  private takeToken(client: Client, reader: TokenReader, data: Uint8Array): void {
    const said = reader.feed(data);
    if (said === undefined) return;
    const { link } = client;
    clearTimeout(client.timer);
    if (!this.isToken(said.word)) {
      this.options.log.warning(`${this.description}: ${link.peer} gave a wrong token`);
      link.pause();
      client.timer = setTimeout(() => {
        link.notice("wrong token");
        link.close();
      }, WRONG_TOKEN_PAUSE_MS);
      return;
    }
    client.tokenReader = undefined;
    link.send(Buffer.from("\r\n"));
    this.join(client);
    if (said.rest.length > 0) this.take(client, said.rest);
  }

  /** Settings of the line are the typist's; one that comes while nobody types may set them too. */
  private lineChanged(client: Client, event: LineEvent): void {
    if (client.tokenReader !== undefined || this.lease.isOthers(client.seat)) return;
    this.onLine(event);
  }

  private put(client: Client, data: Uint8Array, atNs?: number): void {
    const { link, queue } = client;
    if (queue.length === 0 && link.pendingBytes < BATCH_BYTES) {
      if (atNs !== undefined) link.stamp(atNs);
      link.send(data);
      return;
    }
    const lostBefore = queue.lostBytes;
    queue.push(data, MAX_PENDING_BYTES);
    if (queue.lostBytes === lostBefore || client.isStalled) return;
    client.isStalled = true;
    this.options.log.warning(`${this.description}: ${link.peer} does not read, it loses output`);
  }

  private drain(client: Client): void {
    const { link, queue } = client;
    if (queue.length > 0) link.send(queue.take(BATCH_BYTES));
    if (client.isStalled && queue.length === 0) {
      client.isStalled = false;
      this.options.log.warning(`${this.description}: ${link.peer} reads again, ${queue.lostBytes} bytes were lost`);
    }
    if (this.pendingBytes === 0) this.onDrain();
  }
}
