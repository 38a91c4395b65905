/**
 * TELNET on a stream: options negotiated by RFC 1143's rule (an answer is never answered), data 8 bits wide where the
 * other end agrees to BINARY. One class for both ends: they differ in what they offer and accept.
 */
import type { LineEvent } from "../base/index.ts";
import { IAC, Option, Verb } from "./telnet.table.ts";
import type { CodecEvents, WireCodec } from "./wire-codec.ts";

/** An option's own words: `IAC SB number ... IAC SE`. */
export interface SubOption {
  readonly number: number;
  /** It is agreed on now. */
  agreed(): void;
  received(payload: Uint8Array): void;
  /** Also before it is agreed on. */
  setLine(event: LineEvent): void;
}

export interface TelnetRole {
  /** Options we do: offered at once, and accepted when asked for. */
  readonly ours: readonly number[];
  /** Options the other end shall do: asked for at once, and accepted when offered. */
  readonly theirs: readonly number[];
  /** Accepted, not asked for. */
  readonly theirsIfOffered?: readonly number[];
}

/** A word longer than this is an attack: the rest of it is dropped. */
const MAX_SUB_BYTES = 256;
const CR = 13;
const LF = 10;
const NUL = 0;

type Phase = "data" | "iac" | "verb" | "sub" | "sub-iac";
type Side = "ours" | "theirs";

export class TelnetCodec implements WireCodec {
  private readonly events: CodecEvents;
  private readonly role: TelnetRole;
  private readonly subOptions = new Map<number, SubOption>();
  private phase: Phase = "data";
  private verb = 0;
  private sub: number[] = [];
  private afterReturn = false;
  private readonly agreed = { ours: new Set<number>(), theirs: new Set<number>() };
  /** Asked for by us and not yet answered. */
  private readonly asked = { ours: new Set<number>(), theirs: new Set<number>() };

  constructor(role: TelnetRole, events: CodecEvents) {
    this.role = role;
    this.events = events;
  }

  add(option: SubOption): void {
    this.subOptions.set(option.number, option);
  }

  isAgreed(side: Side, option: number): boolean {
    return this.agreed[side].has(option);
  }

  greeting(): Uint8Array {
    const ours = this.role.ours.filter((option) => !this.agreed.ours.has(option));
    const theirs = this.role.theirs.filter((option) => !this.agreed.theirs.has(option));
    for (const option of ours) this.asked.ours.add(option);
    for (const option of theirs) this.asked.theirs.add(option);
    return Uint8Array.from([
      ...ours.flatMap((option) => [IAC, Verb.WILL, option]),
      ...theirs.flatMap((option) => [IAC, Verb.DO, option]),
    ]);
  }

  decode(data: Uint8Array): Uint8Array {
    const out = new Uint8Array(data.length);
    let length = 0;
    for (const byte of data) {
      if (this.phase === "data" && byte !== IAC) {
        if (this.keeps(byte)) out[length++] = byte;
      } else if (this.phase === "iac" && byte === IAC) {
        this.phase = "data";
        this.afterReturn = false;
        out[length++] = IAC;
      } else {
        this.command(byte);
      }
    }
    return out.subarray(0, length);
  }

  encode(data: Uint8Array): Uint8Array {
    const isText = !this.agreed.ours.has(Option.binary);
    const out: number[] = [];
    for (let i = 0; i < data.length; i++) {
      const byte = data[i];
      out.push(byte);
      if (byte === IAC) out.push(IAC);
      // On a text line a CR without LF is CR NUL.
      else if (isText && byte === CR && data[i + 1] !== LF) out.push(NUL);
    }
    return Uint8Array.from(out);
  }

  setLine(event: LineEvent): void {
    for (const option of this.subOptions.values()) option.setLine(event);
    const hasComPort = this.subOptions.has(Option.comPort);
    if (event.kind === "break" && event.isOn && !hasComPort) this.events.reply(Uint8Array.of(IAC, Verb.BREAK));
  }

  stamp(virtualNs: number): void {
    if (!this.agreed.ours.has(Option.virtualTime)) return;
    const payload = Buffer.alloc(8);
    payload.writeBigUInt64BE(BigInt(Math.max(0, Math.round(virtualNs))));
    this.sendSub(Option.virtualTime, payload);
  }

  sendSub(option: number, payload: Iterable<number>): void {
    const escaped = [...payload].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]));
    this.events.reply(Uint8Array.from([IAC, Verb.SB, option, ...escaped, IAC, Verb.SE]));
  }

  /** On a text line CR NUL and CR LF are one Return. */
  private keeps(byte: number): boolean {
    const isPadding = this.afterReturn && (byte === NUL || byte === LF);
    this.afterReturn = byte === CR && !this.agreed.theirs.has(Option.binary);
    return !isPadding;
  }

  private command(byte: number): void {
    switch (this.phase) {
      case "data":
        this.phase = "iac";
        return;
      case "iac":
        this.startCommand(byte);
        return;
      case "verb":
        this.phase = "data";
        this.negotiate(this.verb, byte);
        return;
      case "sub":
        if (byte === IAC) this.phase = "sub-iac";
        else if (this.sub.length < MAX_SUB_BYTES) this.sub.push(byte);
        return;
      case "sub-iac":
        this.phase = byte === IAC ? "sub" : "data";
        if (byte === IAC && this.sub.length < MAX_SUB_BYTES) this.sub.push(IAC);
        if (byte === Verb.SE) this.endSub();
        return;
    }
  }

  private startCommand(byte: number): void {
    this.phase = "data";
    if (byte === Verb.SB) {
      this.phase = "sub";
      this.sub = [];
    } else if (byte >= Verb.WILL && byte <= Verb.DONT) {
      this.phase = "verb";
      this.verb = byte;
    } else if (byte === Verb.BREAK) {
      this.events.line({ kind: "break", isOn: true });
      this.events.line({ kind: "break", isOn: false });
    }
  }

  private endSub(): void {
    const [number, ...payload] = this.sub;
    if (number === undefined || this.sub.length >= MAX_SUB_BYTES) return;
    if (number === Option.virtualTime && payload.length === 8) {
      this.events.time(Number(Buffer.from(payload).readBigUInt64BE()));
    } else if (this.agreed.ours.has(number) || this.agreed.theirs.has(number)) {
      this.subOptions.get(number)?.received(Uint8Array.from(payload));
    }
  }

  private negotiate(verb: number, option: number): void {
    const side: Side = verb === Verb.DO || verb === Verb.DONT ? "ours" : "theirs";
    const isYes = verb === Verb.DO || verb === Verb.WILL;
    const { ours, theirs, theirsIfOffered = [] } = this.role;
    const isWelcome = side === "ours" ? ours.includes(option) : [...theirs, ...theirsIfOffered].includes(option);
    const wasAsked = this.asked[side].delete(option);
    const agreed = this.agreed[side];
    const has = isYes && isWelcome;
    const changed = agreed.has(option) !== has;
    if (has) agreed.add(option);
    else agreed.delete(option);
    // What we asked for is settled by the answer; what they ask for anew is answered once.
    if (!wasAsked && (changed || (isYes && !isWelcome))) {
      const [yes, no] = side === "ours" ? [Verb.WILL, Verb.WONT] : [Verb.DO, Verb.DONT];
      this.reply(has ? yes : no, option);
    }
    const other = side === "ours" ? this.agreed.theirs : this.agreed.ours;
    if (changed && has && !other.has(option)) this.subOptions.get(option)?.agreed();
  }

  private reply(verb: number, option: number): void {
    this.events.reply(Uint8Array.of(IAC, verb, option));
  }
}
