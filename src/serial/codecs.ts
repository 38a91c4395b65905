/** Which codec speaks which protocol, at the end that listens and at the end that connects. */
import type { LineSettings } from "../base/index.ts";
import { ComPortClient, type ComPortEvents, ComPortServer } from "./com-port.ts";
import type { Protocol } from "./serial-spec.ts";
import { Option } from "./telnet.table.ts";
import { TelnetCodec, type TelnetRole } from "./telnet-codec.ts";
import { type CodecEvents, RawCodec, type WireCodec } from "./wire-codec.ts";

/** On a WebSocket the frames do what the others need a codec for. */
export type StreamProtocol = Exclude<Protocol, "ws">;

const SERVER: TelnetRole = {
  // Both echo and no go-ahead: the client sends each key as it comes and shows none of them by itself.
  ours: [Option.echo, Option.suppressGoAhead, Option.binary, Option.virtualTime],
  theirs: [Option.suppressGoAhead, Option.binary],
};
const COM_PORT_SERVER: TelnetRole = {
  ours: [...SERVER.ours, Option.comPort],
  theirs: [...SERVER.theirs, Option.comPort],
};
const CLIENT: TelnetRole = {
  ours: [Option.suppressGoAhead, Option.binary],
  theirs: [Option.suppressGoAhead, Option.binary],
  theirsIfOffered: [Option.echo, Option.virtualTime],
};
const COM_PORT_CLIENT: TelnetRole = { ...CLIENT, ours: [...CLIENT.ours, Option.comPort] };

function comPortCodec(
  role: TelnetRole,
  events: CodecEvents,
  make: (port: ComPortEvents) => ComPortServer | ComPortClient,
) {
  const codec = new TelnetCodec(role, events);
  codec.add(make({ send: (payload) => codec.sendSub(Option.comPort, payload), line: (event) => events.line(event) }));
  return codec;
}

export function serverCodec(protocol: StreamProtocol, events: CodecEvents): WireCodec {
  if (protocol === "raw") return new RawCodec();
  if (protocol === "telnet") return new TelnetCodec(SERVER, events);
  return comPortCodec(COM_PORT_SERVER, events, (port) => new ComPortServer(port));
}

export function clientCodec(protocol: StreamProtocol, events: CodecEvents, line?: LineSettings): WireCodec {
  if (protocol === "raw") return new RawCodec();
  if (protocol === "telnet") return new TelnetCodec(CLIENT, events);
  return comPortCodec(COM_PORT_CLIENT, events, (port) => new ComPortClient(port, line));
}
