/**
 * Stands between a client and a real HTTP server and misbehaves: storms of refusals, answers that are cut, lost, altered, made
 * up or never come. Faults are planned, each used up by the requests it matches, in order of planning; or `answer` and `alter`
 * decide about every request. All else goes through unchanged, headers as they come, the host's too, because signatures
 * cover it. Collects whole bodies: for tests with small files. Also serves as what HTTP_PROXY names.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedRequest {
  readonly method: string;
  /** As it was asked: with the server's name, when the client takes this for its proxy. */
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the server said. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the client is told. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: Buffer | string;
}

export type HttpFault =
  /** Answered here; the server never hears of it. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  /** The same, before the body was listened to. */
  | { readonly kind: 'earlyStatus'; readonly status: number }
  /** The request is taken, and no answer ever comes. */
  | { readonly kind: 'silence' }
  /** The server does it; the connection is cut instead of the answer. */
  | { readonly kind: 'loseAnswer' }
  /** The answer promises its length, and is cut after so many bytes. */
  | { readonly kind: 'cutAnswer'; readonly bytes: number }
  /** Sent as it is given, also where its headers do not fit its body. */
  | { readonly kind: 'alterAnswer'; readonly alter: (answer: ProxiedAnswer) => GivenAnswer }
  | { readonly kind: 'alterBody'; readonly alter: (body: Buffer) => Buffer };

export interface HttpFaultPlan {
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string;
  /** Requests it strikes; 1 unless told. */
  readonly times?: number;
}

interface Planned extends HttpFaultPlan {
  readonly fault: HttpFault;
  left: number;
}

export async function startHttpFaultProxy(targetPort: number): Promise<HttpFaultProxy> {
  const proxy = new HttpFaultProxy(targetPort);
  await proxy.listen();
  return proxy;
}

export class HttpFaultProxy {
  /** Everything that was asked since the last `takeRequests` or `reset`. */
  readonly requests: ProxiedRequest[] = [];
  /** Instead of asking the server; undefined: it is asked. */
  answer: (asked: ProxiedRequest) => GivenAnswer | undefined = () => undefined;
  /** Of requests that no planned fault strikes; the length is put right. */
  alter: (asked: ProxiedRequest, answered: ProxiedAnswer) => GivenAnswer = (_asked, answered) => answered;
  readonly #targetPort: number;
  readonly #planned: Planned[] = [];
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #server = http.createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  plan(fault: HttpFault, plan: HttpFaultPlan = {}): void {
    this.#planned.push({ ...plan, fault, left: plan.times ?? 1 });
  }

  /** Method and address of what was asked since the last time. */
  takeRequests(): string[] {
    return this.requests.splice(0).map(({ method, url }) => `${method} ${url}`);
  }

  /** Neither answers nor alters any more. */
  reset(): void {
    this.requests.length = 0;
    this.answer = () => undefined;
    this.alter = (_asked, answered) => answered;
  }

  /** @throws Error for a fault that never struck: its test proved nothing */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
    const unused = this.#planned.filter(({ left }) => left > 0 && Number.isFinite(left));
    if (unused.length > 0)
      throw new Error(`faults that never struck: ${unused.map(({ fault }) => fault.kind).join(', ')}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const asked: ProxiedRequest = { method, url, path: url.replace(/^http:\/\/[^/]*/, ''), headers };
    this.requests.push(asked);
    const planned = this.#planned.find(
      (each) =>
        each.left > 0 &&
        (each.method ?? method) === method &&
        (each.path === undefined || url.includes(each.path)),
    );
    if (planned !== undefined) planned.left--;
    const fault = planned?.fault;
    if (fault?.kind === 'earlyStatus') {
      response.writeHead(fault.status, { connection: 'close' }).end('no');
      return;
    }
    const body = await collect(request);
    switch (fault?.kind) {
      case 'status':
        response.writeHead(fault.status, fault.headers).end('no');
        return;
      case 'silence':
        return;
      case 'loseAnswer':
        await this.#forward(asked, body);
        response.destroy();
        return;
      case 'cutAnswer': {
        const answer = await this.#forward(asked, body);
        response.writeHead(answer.status, answer.headers);
        response.write(answer.body.subarray(0, fault.bytes));
        // What was written is on its way first.
        setTimeout(() => response.socket?.destroy(), 20);
        return;
      }
      case 'alterAnswer':
        return reply(response, fault.alter(await this.#forward(asked, body)));
      case 'alterBody':
        return reply(response, await this.#forward(asked, fault.alter(body)));
      case undefined: {
        const answer = this.answer(asked) ?? this.alter(asked, await this.#forward(asked, body));
        return reply(response, method === 'HEAD' ? answer : withLength(answer));
      }
    }
  }

  #forward({ method, path, headers }: ProxiedRequest, body: Buffer): Promise<ProxiedAnswer> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: this.#targetPort,
        method,
        path,
        headers,
        agent: this.#agent,
      };
      const outgoing = http.request(options, (answer) => {
        collect(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function reply(response: ServerResponse, { status, headers, body = '' }: GivenAnswer): void {
  response.writeHead(status, headers).end(body);
}

function withLength({ status, headers = {}, body = '' }: GivenAnswer): GivenAnswer {
  const { 'transfer-encoding': _, ...kept } = headers;
  return { status, headers: { ...kept, 'content-length': String(Buffer.byteLength(body)) }, body };
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
