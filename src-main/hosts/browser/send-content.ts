/**
 * The contents of a file over HTTP: what `#core/pages/content-answer.ts` answers, with the headers that all answers here
 * have, and no faster than the browser takes it. Who may ask was decided before.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { answerContent, type ContentCalls } from '#core/pages/content-answer.ts';

/**
 * Whoever goes away half-way gets no answer, and a place that fails half-way is an answer cut off.
 * @returns a status to refuse it with; undefined: it is answered
 */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  calls: ContentCalls,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const asked = {
    address: request.url ?? '',
    range: request.headers.range,
    ifRange: request.headersDistinct['if-range']?.join(),
  };
  const answer = await answerContent(calls, asked, gone.signal);
  if (answer === undefined) return 404;
  const { status, body } = answer;
  // A refusal is a sentence, as everywhere; this one also says how large the file is.
  if (body === null && status !== 416) return status;
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers }))
    response.setHeader(name, value);
  response.writeHead(status);
  if (body === null) response.end();
  else await pipeline(Readable.fromWeb(body as NodeStream), response);
  return undefined;
}
