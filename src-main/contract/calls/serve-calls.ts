/**
 * The serving side of a channel: checks what comes in by the table, runs the handler, answers once. Nothing that a
 * caller sends can throw here. A caller that is gone takes its calls along: their signals fire.
 */
import { z } from 'zod';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { CallHandlers, CallShape, CallTable, TopicTable } from './call-table.ts';
import { fromCaller, type FromServer } from './call-messages.ts';
import type { Channel } from './channel.ts';

/** Calls under way for one caller; who asks for more is refused, so that a hostile page cannot fill the memory. */
const MOST_CALLS_UNDER_WAY = 256;

export interface ServeOptions {
  /** An error of our own making (internal.*): for the log. The caller gets the code only. */
  readonly onUnexpected?: (error: unknown, callName: string) => void;
}

export interface ServedChannel<Topics extends TopicTable> {
  /** Sends an event to this caller. */
  publish<Name extends keyof Topics & string>(topic: Name, payload: z.output<Topics[Name]>): void;
}

/** Serves `table` over `channel` until it closes. */
export function serveCalls<Table extends CallTable, Topics extends TopicTable>(
  channel: Channel,
  table: Table,
  topics: Topics,
  handlers: CallHandlers<Table>,
  options: ServeOptions = {},
): ServedChannel<Topics> {
  const underWay = new Map<number, AbortController>();
  const send = (message: FromServer): void => channel.send(message);

  channel.onMessage((raw) => {
    const read = fromCaller.safeParse(raw);
    // Without a number there is nobody to answer.
    if (!read.success) return;
    const message = read.data;
    if (message.type === 'cancel') underWay.get(message.id)?.abort(new TidemarkError('job.cancelled', {}));
    else void answer(message.id, message.name, message.input);
  });
  channel.onClose(() => {
    for (const control of underWay.values()) control.abort(new TidemarkError('job.cancelled', {}));
  });

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    try {
      send({ type: 'answer', id, output: await run(id, name, input) });
    } catch (error) {
      if (!isTidemarkError(error)) options.onUnexpected?.(error, name);
      else if (error.code.startsWith('internal.')) options.onUnexpected?.(error, name);
      send({ type: 'refusal', id, error: toWire(error) });
    }
  }

  async function run(id: number, name: string, input: unknown): Promise<unknown> {
    const shape = Object.hasOwn(table, name) ? table[name] : undefined;
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (shape === undefined || handler === undefined)
      throw new TidemarkError('request.unknownCall', { name });
    if (underWay.has(id)) throw invalid(name, 'its number is in use');
    if (underWay.size >= MOST_CALLS_UNDER_WAY) throw invalid(name, 'too many calls at once');
    const value = decodeInput(shape, name, input);
    const control = new AbortController();
    underWay.set(id, control);
    try {
      const output = await handler(value as never, {
        signal: control.signal,
        tell: (progress) =>
          send({ type: 'progress', id, progress: z.encode(shape.progress ?? z.never(), progress) }),
      });
      return z.encode(shape.output, output);
    } finally {
      underWay.delete(id);
    }
  }

  return {
    publish: (topic, payload) =>
      send({ type: 'event', topic, payload: z.encode(topics[topic] ?? z.never(), payload) }),
  };
}

function decodeInput(shape: CallShape, name: string, input: unknown): unknown {
  const read = z.safeDecode(shape.input, input as z.input<typeof shape.input>);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  // No value: it may be private, or a megabyte.
  const where = first === undefined || first.path.length === 0 ? '' : `${first.path.join('.')}: `;
  throw invalid(name, `${where}${first?.message ?? 'it cannot be read'}`);
}

function invalid(name: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: `the call ${name}`, reason });
}

function toWire(error: unknown): ReturnType<TidemarkError['toWire']> {
  if (isTidemarkError(error)) return error.toWire();
  return new TidemarkError('internal.invariantBroken', { what: 'an unexpected error' }).toWire();
}
