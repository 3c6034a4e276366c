/**
 * The web server of browser mode: pages and one WebSocket with the contract, on this machine's loopback addresses only.
 * Owns the order of the checks: amount, address, secret, and only then what is asked for. Answers of refusals say
 * nothing about what is here: a status, a fixed sentence, the same headers as everything else.
 */
import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '#base/clock.ts';
import { CONTENT_ROOT } from '#contract/app/content-address.ts';
import type { Channel } from '#contract/calls/channel.ts';
import type { ContentCalls } from '#core/pages/content-answer.ts';
import { PAGE_HEADERS, type PageFile, type PageFiles } from '#core/pages/page-files.ts';
import { BrowserAccess, type BrowserSession } from './browser-access.ts';
import { ENTER_ADDRESS, enterFiles } from './enter-page.ts';
import { listenOnLoopback, type LoopbackServers } from './listen-on-loopback.ts';
import { mayAct, mayRead, ownAddresses } from './request-checks.ts';
import { sendContent } from './send-content.ts';
import { TokenBucket } from './token-bucket.ts';
import { CLOSE_POLICY, webSocketChannel } from './web-socket-channel.ts';

export const CHANNEL_ADDRESS = '/channel';

/**
 * What is enough for a person with several windows, and for nobody who wants to fill memory or processor. A message may
 * be large because a choice of files for a restore is one.
 */
const LIMITS = {
  headerBytes: 8 << 10,
  enterBytes: 1 << 10,
  messageBytes: 16 << 20,
  connections: 256,
  channels: 32,
  /** Contents that are sent at once; of each a block is in memory. */
  contents: 32,
  strangerRequests: { burst: 100, perSecond: 20 },
  knownRequests: { burst: 1_000, perSecond: 200 },
  messages: { burst: 2_000, perSecond: 500 },
  /** A request that is not complete by then is dropped. */
  requestMs: 10_000,
  /** How often channels are asked whether they live, and sessions whether they are in use. */
  lookMs: 30_000,
} as const;

/** What Node says of a request that it cannot read. */
const STATUS_OF_FAULT: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-store',
};

export interface BrowserServerOptions {
  readonly pages: PageFiles;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock: Clock;
  randomBytes(size: number): Uint8Array;
  /** A page that was let in has opened its channel. */
  connect(channel: Channel): void;
  /** The core, for the contents of files. */
  readonly calls: ContentCalls;
}

export interface BrowserServer {
  readonly port: number;
  /** A link for one browser; the one before it is worth nothing any more. */
  newLink(): string;
  close(): Promise<void>;
}

/** @throws request.invalidInput when the port is taken */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const server = new PageServer(options);
  await server.listen(options.port);
  return server;
}

class PageServer implements BrowserServer {
  readonly #options: BrowserServerOptions;
  /** For a browser that is in. The parts of the first page may still be asked for while it is being let in. */
  readonly #pages: PageFiles;
  readonly #access: BrowserAccess;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
  });
  readonly #strangers: TokenBucket;
  readonly #known: TokenBucket;
  readonly #ending = new AbortController();
  #contents = 0;
  #servers: LoopbackServers | readonly [] = [];
  #own = ownAddresses(0);
  port = 0;

  constructor(options: BrowserServerOptions) {
    this.#options = options;
    this.#pages = new Map([...enterFiles, ...options.pages]);
    this.#webSockets.on('wsClientError', (_error, socket) => refuseSocket(socket, 400));
    const bucket = ({ burst, perSecond }: { burst: number; perSecond: number }): TokenBucket =>
      new TokenBucket(options.clock, burst, perSecond);
    this.#access = new BrowserAccess(options.clock, (size) => options.randomBytes(size));
    this.#strangers = bucket(LIMITS.strangerRequests);
    this.#known = bucket(LIMITS.knownRequests);
  }

  async listen(port: number): Promise<void> {
    const servers = await listenOnLoopback(() => this.#createServer(), port);
    this.#servers = servers;
    this.port = (servers[0].address() as AddressInfo).port;
    this.#own = ownAddresses(this.port);
    void this.#lookAround();
  }

  newLink(): string {
    return `http://127.0.0.1:${this.port}${ENTER_ADDRESS}#${this.#access.newToken()}`;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#access.endAll();
    for (const socket of this.#webSockets.clients) socket.terminate();
    await Promise.all(
      this.#servers.map(async (server) => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
  }

  #createServer(): Server {
    const server = createServer({
      maxHeaderSize: LIMITS.headerBytes,
      requestTimeout: LIMITS.requestMs,
      headersTimeout: LIMITS.requestMs,
      keepAliveTimeout: LIMITS.requestMs,
      // A missing one is refused with all others that are wrong.
      requireHostHeader: false,
    });
    server.maxConnections = LIMITS.connections;
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    // Whoever waits for leave to send a body gets the same answers as everybody.
    server.on('checkContinue', (request, response) => void this.#answer(request, response));
    server.on('checkExpectation', (_request, response) => refuse(response, 417));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      refuseSocket(socket, STATUS_OF_FAULT[error.code ?? ''] ?? 400),
    );
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch {
      // The person who asked has gone; there is nobody to answer.
      request.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#access.sessionOf(request.headers.cookie);
    const isTooMuch = !(session === undefined ? this.#strangers : this.#known).take();
    if (isTooMuch) return refuse(response, 429);
    if (request.method === 'POST') {
      if (!mayAct(request, this.#own)) return refuse(response, 403);
      if (request.url !== ENTER_ADDRESS) return refuse(response, 404);
      return this.#enter(request, response, session);
    }
    if (!mayRead(request, this.#own)) return refuse(response, 403);
    if (request.method !== 'GET') return refuse(response, 405, { Allow: 'GET, POST' });
    // What stands behind the question mark means nothing here.
    const address = (request.url ?? '').split('?', 1)[0] ?? '';
    const isEntry = session === undefined || address === ENTER_ADDRESS;
    const file = (isEntry ? enterFiles : this.#pages).get(address);
    if (file !== undefined) return sendFile(response, file);
    if (session === undefined) return refuse(response, 401);
    if (address.startsWith(CONTENT_ROOT)) return this.#sendContent(request, response, session);
    return refuse(response, 404);
  }

  async #sendContent(
    request: IncomingMessage,
    response: ServerResponse,
    session: BrowserSession,
  ): Promise<void> {
    if (this.#contents >= LIMITS.contents) return refuse(response, 429);
    const leave = (): void => void response.destroy();
    session.onEnd.add(leave);
    this.#contents++;
    try {
      const status = await sendContent(request, response, this.#options.calls, HEADERS);
      if (status !== undefined) refuse(response, status);
    } finally {
      this.#contents--;
      session.onEnd.delete(leave);
    }
  }

  /** A browser that is in already may open any link of ours again; a new one is used up all the same. */
  async #enter(
    request: IncomingMessage,
    response: ServerResponse,
    session: BrowserSession | undefined,
  ): Promise<void> {
    if (request.headers['content-type'] !== 'application/json') return refuse(response, 415);
    const body = await readBody(request, LIMITS.enterBytes);
    if (body === undefined) return refuse(response, 413);
    const token = tokenIn(body);
    const isRight = token !== undefined && this.#access.useUp(token);
    if (!isRight && session === undefined) return refuse(response, 401);
    const cookie = session === undefined ? { 'Set-Cookie': this.#access.newCookie() } : {};
    response.writeHead(204, { ...HEADERS, ...cookie });
    response.end();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const session = this.#access.sessionOf(request.headers.cookie);
    if (!(session === undefined ? this.#strangers : this.#known).take()) return refuseSocket(socket, 429);
    if (!mayAct(request, this.#own)) return refuseSocket(socket, 403);
    if (session === undefined) return refuseSocket(socket, 401);
    if (request.method !== 'GET' || request.url !== CHANNEL_ADDRESS) return refuseSocket(socket, 404);
    if (this.#webSockets.clients.size >= LIMITS.channels) return refuseSocket(socket, 429);
    this.#webSockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, session));
  }

  #open(socket: WebSocket, session: BrowserSession): void {
    const { burst, perSecond } = LIMITS.messages;
    const messages = new TokenBucket(this.#options.clock, burst, perSecond);
    const channel = webSocketChannel(socket, {
      mayReceive: () => {
        this.#access.use(session);
        return messages.take();
      },
    });
    const leave = (): void => socket.close(CLOSE_POLICY);
    session.onEnd.add(leave);
    socket.on('close', () => session.onEnd.delete(leave));
    this.#options.connect(channel);
  }

  /** Ends sessions that nobody uses and channels whose other side is gone without a word. */
  async #lookAround(): Promise<void> {
    const alive = new WeakSet<WebSocket>();
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const asked = [...this.#webSockets.clients];
      for (const socket of asked) {
        alive.delete(socket);
        socket.once('pong', () => alive.add(socket));
        socket.ping();
      }
      await this.#options.clock.sleep(LIMITS.lookMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      for (const socket of asked) if (!alive.has(socket)) socket.terminate();
      this.#access.endIdle();
    }
  }
}

function sendFile(response: ServerResponse, { type, read }: PageFile): void {
  const content = read();
  response.writeHead(200, { ...HEADERS, 'Content-Type': type, 'Content-Length': content.length });
  response.end(content);
}

/** The rest of what is sent is not read. */
function refuse(response: ServerResponse, status: number, more: Readonly<Record<string, string>> = {}): void {
  const sentence = `${sentenceOf(status)}\n`;
  response.writeHead(status, {
    ...HEADERS,
    ...more,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(sentence),
    Connection: 'close',
  });
  response.end(sentence);
}

/** The same for who has no response yet. */
function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy();
  const sentence = `${sentenceOf(status)}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(sentence)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${sentence}`);
}

function sentenceOf(status: number): string {
  return status === 401 ? 'Open the link that Tidemark has printed.' : (STATUS_CODES[status] ?? 'Refused');
}

/** @returns undefined when it is longer */
async function readBody(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tokenIn(body: string): string | undefined {
  try {
    const value = JSON.parse(body) as { token?: unknown } | null;
    return typeof value?.token === 'string' ? value.token : undefined;
  } catch {
    return undefined;
  }
}
