/**
 * One debugger's conversation: each packet's answer. GDB manual, appendix E "GDB Remote Serial Protocol".
 *
 * What is not answered for here gets the empty answer, by which the protocol says "not supported".
 */
import { WatchKind } from "../arm/core/index.ts";
import { type MemoryView, readVirtual, writeVirtual } from "./guest-memory.ts";
import { monitorCommand } from "./monitor.ts";
import { MAX_PACKET_BYTES } from "./packet.ts";
import type { Registers } from "./registers.ts";
import type { RunControl, StopReason } from "./run-control.ts";
import { stopReply, THREAD } from "./stop-reply.ts";

export interface Debuggee {
  readonly control: RunControl;
  readonly registers: Registers;
  readonly memory: MemoryView;
  /** The debugger wants the guest gone (`kill`). */
  readonly kill: () => void;
}

/** What follows an answer. */
export type After = "detach" | "no-ack" | undefined;

export interface Answer {
  /** `undefined` while the guest runs: the stop is told later. */
  readonly text: string | undefined;
  readonly after?: After;
}

const OK = "OK";
/** The text says nothing that a user sees: the numbers are those of `errno`. */
const EFAULT = "E0e";
const EINVAL = "E16";
const UNSUPPORTED = "";
/** Bytes of a packet that hold data, two characters each. */
const MAX_DATA_BYTES = MAX_PACKET_BYTES / 2 - 16;

/** `Z` and `z` types of watchpoints. */
const watchKinds: Readonly<Record<string, WatchKind>> = {
  "2": WatchKind.write,
  "3": WatchKind.read,
  "4": WatchKind.access,
};

const hexOf = (text: string): number => (/^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN);

/** `ADDRESS,LENGTH`, both hexadecimal; `undefined` when it is something else. */
function rangeOf(text: string): { address: number; sizeBytes: number } | undefined {
  const [address, sizeBytes] = text.split(",").map(hexOf);
  return Number.isNaN(address) || sizeBytes === undefined || Number.isNaN(sizeBytes)
    ? undefined
    : { address, sizeBytes };
}

const says = (text: string, after?: After): Answer => ({ text, after });
const whenTrue = (isDone: boolean, error: string): Answer => says(isDone ? OK : error);

export class Session {
  private readonly debuggee: Debuggee;
  private readonly hardwarePlaces = new Set<number>();
  private knowsKinds = false;
  private lastStop: StopReason = { kind: "stepped" };

  constructor(debuggee: Debuggee) {
    this.debuggee = debuggee;
  }

  /** The packet that tells of a stop. */
  stopped(reason: StopReason): string {
    this.lastStop = reason;
    const isHardware = this.hardwarePlaces.has(Number(this.pc));
    return stopReply(reason, { knowsKinds: this.knowsKinds, isHardware });
  }

  private get pc(): number {
    return Buffer.from(this.debuggee.registers.read(15) ?? "", "hex").readUInt32LE();
  }

  answer(packet: Buffer): Answer {
    const text = packet.toString("latin1");
    const rest = text.slice(1);
    switch (text[0]) {
      case "?":
        return says(this.stopped(this.lastStop));
      case "q":
      case "Q":
        return this.query(text);
      case "v":
        return this.verbose(text);
      case "g":
      case "G":
      case "p":
      case "P":
        return this.register(text[0], rest);
      case "m":
      case "M":
      case "X":
        return this.access(text[0], packet);
      case "Z":
      case "z":
        return says(this.point(rest, text[0] === "Z"));
      case "c":
      case "s":
      case "C":
      case "S":
        return this.resume(text[0].toLowerCase() === "s");
      case "b":
        return this.back(rest);
      case "H":
      case "T":
        return says(OK);
      case "D":
        return says(OK, "detach");
      case "k":
        this.debuggee.kill();
        return { text: undefined };
      default:
        return says(UNSUPPORTED);
    }
  }

  private resume(isStep: boolean): Answer {
    const { control } = this.debuggee;
    if (isStep) control.step("forward");
    else control.resume("forward");
    return { text: undefined };
  }

  private back(rest: string): Answer {
    const { control } = this.debuggee;
    if (rest === "s") control.step("back");
    else if (rest === "c") control.resume("back");
    else return says(UNSUPPORTED);
    return { text: undefined };
  }

  private verbose(text: string): Answer {
    if (text === "vCont?") return says("vCont;c;C;s;S;r");
    const range = /^vCont;r([0-9a-f]{1,8}),([0-9a-f]{1,8})(?:[:;]|$)/i.exec(text);
    if (range !== null) {
      this.debuggee.control.stepInRange(hexOf(range[1]), hexOf(range[2]));
      return { text: undefined };
    }
    const action = /^vCont;([cCsS])/.exec(text)?.[1];
    if (action !== undefined) return this.resume(action.toLowerCase() === "s");
    if (!text.startsWith("vKill")) return says(UNSUPPORTED);
    this.debuggee.kill();
    return says(OK);
  }

  private register(letter: string, rest: string): Answer {
    const { control, registers } = this.debuggee;
    if (letter === "g") return says(registers.readAll());
    if (letter === "p") return says(registers.read(hexOf(rest)) ?? EINVAL);
    if (letter === "G") {
      const bytes = Buffer.from(rest, "hex");
      return whenTrue(
        control.change(() => registers.writeAll(bytes)),
        EINVAL,
      );
    }
    const [number, value = ""] = rest.split("=");
    const bytes = Buffer.from(value, "hex");
    return whenTrue(
      control.change(() => registers.write(hexOf(number), bytes)),
      EINVAL,
    );
  }

  private access(letter: string, packet: Buffer): Answer {
    const { control, memory } = this.debuggee;
    const colon = packet.indexOf(":");
    const head = packet.toString("latin1", 1, colon < 0 ? packet.length : colon);
    const range = rangeOf(head);
    if (range === undefined) return says(EINVAL);
    if (letter === "m") {
      const bytes = readVirtual(memory, range.address, Math.min(range.sizeBytes, MAX_DATA_BYTES));
      return says(bytes.length === 0 && range.sizeBytes > 0 ? EFAULT : Buffer.from(bytes).toString("hex"));
    }
    const body = packet.subarray(colon + 1);
    const data = letter === "X" ? Uint8Array.from(body) : Buffer.from(body.toString("latin1"), "hex");
    if (colon < 0 || data.length !== range.sizeBytes) return says(EINVAL);
    if (data.length === 0) return says(OK);
    return whenTrue(
      control.change(() => writeVirtual(memory, range.address, data)),
      EFAULT,
    );
  }

  private point(rest: string, isSet: boolean): string {
    const range = rangeOf(rest.slice(2).split(";")[0]);
    if (range === undefined) return EINVAL;
    const { points } = this.debuggee.control;
    const { address, sizeBytes } = range;
    const kind = watchKinds[rest[0]];
    if (kind !== undefined) {
      if (sizeBytes === 0 || address + sizeBytes > 2 ** 32) return EINVAL;
      if (isSet) points.watch({ kind, address, sizeBytes });
      else points.unwatch({ kind, address, sizeBytes });
      return OK;
    }
    if (rest[0] !== "0" && rest[0] !== "1") return UNSUPPORTED;
    if (rest[0] === "1" && isSet) this.hardwarePlaces.add(address);
    else this.hardwarePlaces.delete(address);
    if (isSet) points.addPlace(address);
    else points.removePlace(address);
    return OK;
  }

  private query(text: string): Answer {
    const { control, registers } = this.debuggee;
    const [name] = text.split(/[:,;]/);
    switch (name) {
      case "qSupported":
        this.knowsKinds = text.includes("swbreak+");
        return says(
          `PacketSize=${MAX_PACKET_BYTES.toString(16)};QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+;ReverseStep+;ReverseContinue+`,
        );
      case "QStartNoAckMode":
        return says(OK, "no-ack");
      case "qXfer":
        return says(this.transfer(text, registers.targetXml));
      case "qAttached":
        return says("1");
      case "qC":
        return says(`QC${THREAD}`);
      case "qfThreadInfo":
        return says(`m${THREAD}`);
      case "qsThreadInfo":
        return says("l");
      case "qThreadExtraInfo":
        return says(Buffer.from("vcpu0").toString("hex"));
      case "qSymbol":
        return says(OK);
      case "qRcmd": {
        const command = Buffer.from(text.slice("qRcmd,".length), "hex").toString("latin1");
        return says(Buffer.from(monitorCommand(command, control)).toString("hex"));
      }
      default:
        return says(UNSUPPORTED);
    }
  }

  /** `qXfer:features:read:target.xml:OFFSET,LENGTH`. */
  private transfer(text: string, xml: string): string {
    const asked = /^qXfer:features:read:target\.xml:([0-9a-f]{1,8},[0-9a-f]{1,8})$/i.exec(text)?.[1];
    const range = asked === undefined ? undefined : rangeOf(asked);
    if (range === undefined) return "E00";
    const piece = xml.slice(range.address, range.address + Math.min(range.sizeBytes, MAX_DATA_BYTES));
    return `${range.address + piece.length >= xml.length ? "l" : "m"}${piece}`;
  }
}
