/**
 * Stands between a client and a real HTTP server and answers some requests itself, or alters what the server answered.
 * Passes all headers on as they come, the host's too, because signatures cover it. Collects whole bodies: for tests with
 * small files. Also serves as what HTTP_PROXY names.
 */
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: Buffer | string;
}

export class AlteringProxy {
  /** All that came since the last `reset`. */
  readonly requests: ProxiedRequest[] = [];
  /** Instead of asking the server; undefined: it is asked. */
  answer: (asked: ProxiedRequest) => ProxiedAnswer | undefined = () => undefined;
  alter: (asked: ProxiedRequest, answered: ProxiedAnswer) => ProxiedAnswer = (_asked, answered) => answered;
  readonly #targetPort: number;
  readonly #server: Server;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Passes everything again. */
  reset(): void {
    this.requests.length = 0;
    this.answer = () => undefined;
    this.alter = (_asked, answered) => answered;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const asked: ProxiedRequest = { method, path: url.replace(/^http:\/\/[^/]*/, ''), headers };
    const sent = await collect(incoming);
    this.requests.push(asked);
    const answer = this.answer(asked) ?? this.alter(asked, await this.#forward(asked, sent));
    const body = answer.body ?? '';
    const { 'transfer-encoding': _, ...kept } = answer.headers ?? {};
    const length = method === 'HEAD' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    outgoing.writeHead(answer.status, { ...kept, ...length });
    outgoing.end(body);
  }

  #forward({ method, path, headers }: ProxiedRequest, body: Buffer): Promise<ProxiedAnswer> {
    return new Promise((resolve, reject) => {
      const forwarded = request(
        { host: '127.0.0.1', port: this.#targetPort, method, path, headers },
        (answer) => {
          collect(answer).then(
            (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
            reject,
          );
        },
      );
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
