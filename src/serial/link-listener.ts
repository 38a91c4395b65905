/** Waits for clients on a socket, and makes links of them. */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { connect, createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { addressBusy, addressUnusable } from "./errors.ts";
import type { Link } from "./link.ts";
import { type Address, addressText, isLoopback, type Protocol } from "./serial-spec.ts";
import { SocketLink } from "./socket-link.ts";
import { WsLink } from "./ws-link.ts";

/** A message of a WebSocket client is what a person pastes at most. */
const MAX_MESSAGE_BYTES = 1 << 20;
const HEADER_LIMIT_MS = 10_000;

export interface ListenerOptions {
  readonly protocol: Protocol;
  readonly address: Address;
  /** Whether a client's `Authorization` says the token. */
  readonly isToken: (text: string) => boolean;
  readonly onLink: (link: Link) => void;
  readonly onRefused: (peer: string, why: string) => void;
}

export interface Listener {
  /** Where it listens, with the port that the system gave. */
  readonly description: string;
  close(): Promise<void>;
}

function listenOn(server: Server | HttpServer, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    // Nobody but the owner may open the socket's file, from its first moment on.
    const mask = process.umask(0o177);
    if ("path" in address) server.listen({ path: address.path });
    else server.listen({ host: address.host, port: address.port });
    process.umask(mask);
  });
}

/** A socket file that a process left behind; one on which somebody listens, or another kind of file, stays. */
async function removeStale(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
    probe.once("connect", () => probe.destroy());
  });
  if (!isAlive) unlinkSync(path);
  return !isAlive;
}

async function listen(server: Server | HttpServer, { protocol, address }: ListenerOptions): Promise<string> {
  const where = addressText(protocol, address);
  const isInUse = (error: unknown) => (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  try {
    await listenOn(server, address).catch(async (error: unknown) => {
      if (!isInUse(error) || !("path" in address) || !(await removeStale(address.path))) throw error;
      await listenOn(server, address);
    });
  } catch (error) {
    throw isInUse(error) ? addressBusy(where) : addressUnusable(where, error);
  }
  if ("path" in address) {
    chmodSync(address.path, 0o600);
    return where;
  }
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return addressText(protocol, { host: address.host, port });
}

/**
 * Why a request may not open a WebSocket. A web page of anybody runs in the user's browser and may try loopback ports,
 * also under a name of its own that leads to 127.0.0.1; so the page must come from the very host it talks to, and that
 * host must be named by number or as localhost.
 */
export function refusal({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): string | undefined {
  const { origin, host = "" } = headers;
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  if (isLoopback(socket.localAddress ?? "") && !isLoopback(name)) return `its host is "${name}"`;
  if (origin === undefined) return undefined;
  const from = URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, "") : origin;
  return from === name ? undefined : `it comes from the page ${origin}`;
}

async function listenWs(options: ListenerOptions): Promise<Listener> {
  const { WebSocketServer } = await import("ws");
  const http = createHttpServer({ headersTimeout: HEADER_LIMIT_MS, requestTimeout: HEADER_LIMIT_MS }, (_, response) => {
    response.writeHead(426, { "content-type": "text/plain" }).end("A WebSocket is expected here.\n");
  });
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const why = refusal(request);
    socket.on("error", () => socket.destroy());
    if (why !== undefined) {
      options.onRefused(request.socket.remoteAddress ?? "a client", why);
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    server.handleUpgrade(request, socket, head, (client) => {
      options.onLink(new WsLink(client, request, token !== undefined && options.isToken(token)));
    });
  });
  const description = await listen(http, options);
  return {
    description,
    close: async () => {
      for (const client of server.clients) client.terminate();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Listens from its answer on; `close` ends the listening, and what is not a link yet. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { protocol } = options;
  if (protocol === "ws") return listenWs(options);
  const server = createServer((socket) => options.onLink(new SocketLink(socket, protocol)));
  const description = await listen(server, options);
  return { description, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
