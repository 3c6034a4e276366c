/**
 * Requests to one web server, each with its whole answer. Owns what keeps them honest: the length is always told before a
 * body, an answer counts only when it is complete, who makes no progress is given up, and a cancelled request ends its
 * connection, so that a server never takes a part for the whole. Repeats nothing, but what sends no body on a connection
 * that the server had closed while nobody used it. Knows no protocol beyond HTTP.
 */
import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '#base/clock.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';
import { answerCutShort, classifyNetworkError, isCut } from '#storage/http/http-errors.ts';
import { BodyCollector, type BodyPart } from '#storage/http/body-collector.ts';
import { nodeHttp, nodeHttps } from '#storage/http/node-http.ts';
import { ProgressWatch } from '#storage/http/progress-watch.ts';

export interface HttpLimits {
  /** Until a connection stands, with all that belongs to it. */
  readonly connectMs: number;
  /** Without a byte going either way; restic's figure, because a NAS may take minutes to flush. */
  readonly stallMs: number;
}

export const HTTP_LIMITS: HttpLimits = { connectMs: 30_000, stallMs: 5 * 60_000 };

export interface HttpClientOptions {
  /** What all paths are below; ends with a slash. */
  readonly base: URL;
  /** The server's socket in the file system, instead of the host of `base`. */
  readonly socketPath?: string;
  /** Value of the header. */
  readonly authorization?: string;
  readonly trust?: SecureContextOptions;
  /** Where the variables about proxies are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly limits: HttpLimits;
  /** For errors. */
  readonly location: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Below the base. */
  readonly path: string;
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** What of a successful answer's body is wanted; all, when absent. May throw to refuse the answer. */
  readonly choosePart?: (status: number, headers: IncomingHttpHeaders) => BodyPart;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Owns its memory; empty for an answer that is no success. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Handed to the system at once; small, so that progress shows on a slow line. */
const PIECE_BYTES = 64 << 10;
/** The words of a refusal; who sends more is not listened to. */
const MOST_REFUSAL_BYTES = 64 << 10;
/** A cancelled request whose body is out already may still be answered; within the second that the port promises. */
const ANSWER_GRACE_MS = 600;

class StaleConnection extends Error {}

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { base, trust, env, socketPath } = options;
    const common = {
      keepAlive: true,
      ...(socketPath === undefined ? { proxyEnv: { ...env } } : {}),
    };
    this.#agent = isSecure(base)
      ? new (nodeHttps().Agent)({ ...common, ...trust })
      : new (nodeHttp().Agent)(common);
  }

  /** Any status is an answer. @throws storage.unreachable, storage.timeout, storage.certificateUntrusted, storage.ioFailed, job.cancelled; what `choosePart` throws */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    throwIfCancelled(request.signal);
    const failed = { location: this.#options.location, operation: request.operation };
    try {
      try {
        return await this.#exchange(request);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
        throwIfCancelled(request.signal);
        return await this.#exchange(request);
      }
    } catch (error) {
      const cause = error instanceof StaleConnection ? error.cause : error;
      throw classifyNetworkError(cause, failed);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #start({ method, path, headers, body }: HttpRequest): ClientRequest {
    const { base, socketPath, authorization } = this.#options;
    const target = new URL(path, base);
    const { request } = isSecure(target) ? nodeHttps() : nodeHttp();
    return request({
      method,
      agent: this.#agent,
      ...(socketPath === undefined
        ? { host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port }
        : { socketPath }),
      path: `${target.pathname}${target.search}`,
      headers: {
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...(method === 'POST' ? { 'content-length': String(body?.length ?? 0) } : {}),
      },
    });
  }

  #exchange(request: HttpRequest): Promise<HttpAnswer> {
    const { clock, limits, location } = this.#options;
    const { signal, operation } = request;
    return new Promise((resolve, reject) => {
      const outgoing = this.#start(request);
      let isAnswered = false;
      const settle = (end: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        watch.stop();
        end();
      };
      const fail = (error: unknown): void =>
        settle(() => {
          outgoing.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      const watch = new ProgressWatch(clock, limits.connectMs, () =>
        fail(new TidemarkError('storage.timeout', { location, operation }, { retry: 'later' })),
      );
      const onAbort = (): void => {
        const cancelled = new TidemarkError('job.cancelled', {});
        if (request.method === 'POST' && outgoing.writableFinished)
          watch.limitTo(ANSWER_GRACE_MS, () => fail(cancelled));
        else fail(cancelled);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('socket', (socket) => {
        const onConnected = (): void => watch.limitTo(limits.stallMs);
        if (outgoing.reusedSocket) onConnected();
        else socket.once(this.#options.base.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
      });
      outgoing.on('error', (error) => {
        const isStale = request.method !== 'POST' && outgoing.reusedSocket && !isAnswered && isCut(error);
        fail(isStale ? new StaleConnection('closed meanwhile', { cause: error }) : error);
      });
      outgoing.on('response', (response) => {
        isAnswered = true;
        watch.progress();
        receive(response, request, location, () => watch.progress()).then(
          (answer) =>
            settle(() => {
              // What was not wanted any more must not be sent any more.
              if (!outgoing.writableFinished) outgoing.destroy();
              resolve(answer);
            }),
          fail,
        );
      });
      send(outgoing, request.body, () => {
        watch.progress();
        return !isAnswered;
      });
    });
  }
}

/** @param goesOn told of progress; false: nobody wants the rest */
function send(outgoing: ClientRequest, body: Uint8Array | undefined, goesOn: () => boolean): void {
  let sent = 0;
  const sendMore = (): void => {
    while (body !== undefined && sent < body.length) {
      if (outgoing.destroyed || !goesOn()) return;
      const piece = body.subarray(sent, sent + PIECE_BYTES);
      sent += piece.length;
      if (!outgoing.write(piece) && sent < body.length) {
        outgoing.once('drain', sendMore);
        return;
      }
    }
    outgoing.end();
  };
  sendMore();
}

async function receive(
  response: IncomingMessage,
  { method, operation, choosePart }: HttpRequest,
  location: string,
  onProgress: () => void,
): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const isWanted = status >= 200 && status < 300 && method !== 'HEAD';
  const part = isWanted ? (choosePart?.(status, headers) ?? wholeOf(headers)) : undefined;
  const body = new BodyCollector(part);
  let refusedBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    onProgress();
    if (isWanted) body.add(chunk);
    // Whoever sends more than was asked for, or a refusal without end, loses the connection.
    if (isWanted ? body.isOverfull : (refusedBytes += chunk.length) > MOST_REFUSAL_BYTES) break;
  }
  if (isWanted && !(body.isFull && (response.complete || body.isOverfull)))
    throw answerCutShort({ location, operation });
  return { status, headers, body: body.take() };
}

function wholeOf(headers: IncomingHttpHeaders): BodyPart | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : { skip: 0, length: Number(length) };
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:';
}
