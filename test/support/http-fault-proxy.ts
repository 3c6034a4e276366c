/**
 * A reverse proxy of HTTP that misbehaves as planned: storms of refusals, answers that are cut, lost, altered or never come. What
 * is not planned goes through unchanged. Each fault is used up by the requests it matches, in order of planning.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
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
  | { readonly kind: 'alterAnswer'; readonly alter: (answer: ProxiedAnswer) => ProxiedAnswer }
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
  /** Method and path of everything that was asked. */
  readonly requests: string[] = [];
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

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  plan(fault: HttpFault, plan: HttpFaultPlan = {}): void {
    this.#planned.push({ ...plan, fault, left: plan.times ?? 1 });
  }

  /** What was asked since the last time. */
  takeRequests(): string[] {
    return this.requests.splice(0);
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
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url}`);
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
        await this.#forward(request, body);
        response.destroy();
        return;
      case 'cutAnswer': {
        const answer = await this.#forward(request, body);
        response.writeHead(answer.status, answer.headers);
        response.write(answer.body.subarray(0, fault.bytes));
        // What was written is on its way first.
        setTimeout(() => response.socket?.destroy(), 20);
        return;
      }
      case 'alterAnswer':
        return reply(response, fault.alter(await this.#forward(request, body)));
      case 'alterBody':
        return reply(response, await this.#forward(request, fault.alter(body)));
      case undefined:
        return reply(response, await this.#forward(request, body));
    }
  }

  #forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<ProxiedAnswer> {
    return new Promise((resolve, reject) => {
      const options = { port: this.#targetPort, method, path: url, headers, agent: this.#agent };
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

function reply(response: ServerResponse, { status, headers, body }: ProxiedAnswer): void {
  response.writeHead(status, headers).end(body);
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
