/**
 * What every transport must do, shown with a small table of calls over a real connection of its kind. A transport joins
 * by handing over how to connect: both ends of one fresh channel.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TidemarkError } from '#base/errors.ts';
import type { CallHandlers, CallTable, TopicTable } from '#contract/calls/call-table.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { createCallClient, type CallConnection } from '#contract/calls/create-call-client.ts';
import { serveCalls, type ServedChannel } from '#contract/calls/serve-calls.ts';
import { bytesInJson } from '#contract/app/values.ts';

const table = {
  double: { kind: 'query', input: z.strictObject({ value: z.number() }), output: z.number() },
  path: { kind: 'query', input: bytesInJson, output: bytesInJson },
  nothing: { kind: 'command', input: z.strictObject({}), output: z.void() },
  count: { kind: 'query', input: z.number(), output: z.string(), progress: z.number() },
  wait: { kind: 'command', input: z.strictObject({}), output: z.void() },
  fail: { kind: 'command', input: z.strictObject({}), output: z.void() },
  break: { kind: 'command', input: z.strictObject({}), output: z.void() },
} as const satisfies CallTable;
const topics = { news: z.strictObject({ text: z.string() }) } as const satisfies TopicTable;

export interface ChannelEnds {
  readonly caller: Channel;
  readonly server: Channel;
  /** Whatever carries the channel. */
  close(): Promise<void> | void;
}

export function describeChannel(name: string, connect: () => Promise<ChannelEnds>): void {
  describe(`channel: ${name}`, () => {
    let ends: ChannelEnds | undefined;
    let unexpected: unknown[];
    const aborted: string[] = [];
    afterEach(async () => {
      ends?.caller.close();
      await ends?.close();
      ends = undefined;
    });

    const handlers: CallHandlers<typeof table> = {
      double: ({ value }) => value * 2,
      path: (bytes) => bytes,
      nothing: () => undefined,
      count: async (upTo, { tell }) => {
        for (let n = 1; n <= upTo; n++) tell(n);
        return `${upTo} told`;
      },
      wait: (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push('wait');
            reject(new TidemarkError('job.cancelled', {}));
          });
        }),
      fail: () => {
        throw new TidemarkError('storage.full', { location: '/disk', outOfInodes: true }, { retry: 'later' });
      },
      break: () => {
        throw new RangeError('a secret detail');
      },
    };

    async function open(): Promise<{
      client: CallConnection<typeof table, typeof topics>;
      served: ServedChannel<typeof topics>;
      ends: ChannelEnds;
    }> {
      const made = await connect();
      ends = made;
      unexpected = [];
      aborted.length = 0;
      const served = serveCalls(made.server, table, topics, handlers, {
        onUnexpected: (error) => unexpected.push(error),
      });
      return { client: createCallClient(made.caller, table), served, ends: made };
    }

    test('calls are answered, many at once, each with its own answer', async () => {
      const { client } = await open();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, value) => client.calls.double({ value })),
      );
      expect(answers).toEqual(Array.from({ length: 50 }, (_, value) => value * 2));
      expect(await client.calls.nothing({})).toBeUndefined();
    });

    test('names that are not text survive', async () => {
      const { client } = await open();
      expect(await client.calls.path('Müller 😀')).toBe('Müller 😀');
      expect(await client.calls.path({ base64: '/w==' })).toEqual({ base64: '/w==' });
    });

    test('a large value comes over whole', async () => {
      const { client } = await open();
      const long = 'x'.repeat(300_000);
      expect(await client.calls.path(long)).toBe(long);
    });

    test('progress comes before the answer, in order', async () => {
      const { client } = await open();
      const told: number[] = [];
      expect(await client.calls.count(5, { onProgress: (n) => told.push(n) })).toBe('5 told');
      expect(told).toEqual([1, 2, 3, 4, 5]);
    });

    test('an error keeps its code, facts and advice; one of our own making tells nothing', async () => {
      const { client } = await open();
      await expect(client.calls.fail({})).rejects.toMatchObject({
        code: 'storage.full',
        data: { location: '/disk', outOfInodes: true },
        retry: 'later',
      });
      const error = await client.calls.break({}).catch((thrown: unknown) => thrown as TidemarkError);
      expect(error).toMatchObject({ code: 'internal.invariantBroken' });
      expect(JSON.stringify((error as TidemarkError).toWire())).not.toContain('secret detail');
      expect(unexpected).toHaveLength(1);
    });

    test('input that does not fit is refused before the handler, and named without its value', async () => {
      const { client } = await open();
      const wrong = client.calls.double({ value: 'hunter2' } as never);
      await expect(wrong).rejects.toMatchObject({ code: 'request.invalidInput' });
      const error = await wrong.catch((thrown: unknown) => thrown as TidemarkError);
      expect(error).not.toMatchObject({ data: { reason: expect.stringContaining('hunter2') as string } });
      await expect(client.calls.double({ value: 1, more: 2 } as never)).rejects.toMatchObject({
        code: 'request.invalidInput',
      });
    });

    test('a call that does not exist, also by the name of what every object has', async () => {
      const { ends: made } = await open();
      const unknown = { kind: 'query', input: z.unknown(), output: z.unknown() } as const;
      const other = createCallClient(made.caller, { ...table, erase: unknown, isPrototypeOf: unknown });
      await expect(other.calls.erase({})).rejects.toMatchObject({ code: 'request.unknownCall' });
      await expect(other.calls.isPrototypeOf({})).rejects.toMatchObject({ code: 'request.unknownCall' });
    });

    test('cancel reaches the handler', async () => {
      const { client } = await open();
      const control = new AbortController();
      const waiting = client.calls.wait({}, { signal: control.signal });
      await client.calls.double({ value: 1 });
      control.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'job.cancelled' });
      expect(aborted).toEqual(['wait']);
    });

    test('events reach who listens, until they stop', async () => {
      const { client, served } = await open();
      const heard: string[] = [];
      const stop = client.on('news', ({ text }) => heard.push(text));
      served.publish('news', { text: 'one' });
      await client.calls.double({ value: 1 });
      stop();
      served.publish('news', { text: 'two' });
      await client.calls.double({ value: 1 });
      expect(heard).toEqual(['one']);
    });

    test('when the channel closes, calls under way end on both sides, and later ones at once', async () => {
      const { client, ends: made } = await open();
      const waiting = client.calls.wait({});
      await client.calls.double({ value: 1 });
      const lost = expect(waiting).rejects.toMatchObject({ code: 'internal.connectionLost' });
      made.caller.close();
      await lost;
      await expect(client.calls.double({ value: 1 })).rejects.toMatchObject({
        code: 'internal.connectionLost',
      });
      await expect.poll(() => aborted).toEqual(['wait']);
    });

    test('rubbish is ignored', async () => {
      const { client, ends: made } = await open();
      for (const rubbish of [
        null,
        7,
        'text',
        [],
        {},
        { type: 'call' },
        { type: 'call', id: -1, name: 'double' },
      ]) {
        made.caller.send(rubbish);
      }
      expect(await client.calls.double({ value: 4 })).toBe(8);
    });
  });
}
