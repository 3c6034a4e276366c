/** The calling side of a channel: a function per call, and listeners for events. Knows no transport. */
import { fromWireError, TidemarkError } from '#base/errors.ts';
import type { CallClient, CallOptions, CallTable, TopicPayloads, TopicTable } from './call-table.ts';
import type { FromCaller, FromServer } from './call-messages.ts';
import type { Channel } from './channel.ts';

interface PendingCall {
  resolve(output: unknown): void;
  reject(error: unknown): void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

export interface CallConnection<Table extends CallTable, Topics extends TopicTable> {
  readonly calls: CallClient<Table>;
  /** @returns how to stop listening */
  on<Name extends keyof Topics & string>(
    topic: Name,
    listener: (payload: TopicPayloads<Topics>[Name]) => void,
  ): () => void;
  close(): void;
}

/** When the channel closes, calls under way and later ones end with internal.connectionLost. */
export function createCallClient<Table extends CallTable, Topics extends TopicTable>(
  channel: Channel,
  table: Table,
): CallConnection<Table, Topics> {
  const pending = new Map<number, PendingCall>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let nextId = 0;
  let isClosed = false;

  channel.onMessage((raw) => {
    const message = raw as FromServer;
    if (message.type === 'event') {
      for (const listener of listeners.get(message.topic) ?? []) listener(message.payload as never);
      return;
    }
    const call = pending.get(message.id);
    if (message.type === 'progress') {
      call?.onProgress?.(message.progress as never);
      return;
    }
    pending.delete(message.id);
    if (message.type === 'answer') call?.resolve(message.output);
    else call?.reject(fromWireError(message.error));
  });
  channel.onClose(() => {
    isClosed = true;
    for (const call of pending.values()) call.reject(connectionLost());
    pending.clear();
  });

  function call(name: string, input: unknown, options: CallOptions<never> = {}): Promise<unknown> {
    const { signal, onProgress } = options;
    return new Promise((resolve, reject) => {
      if (isClosed) return reject(connectionLost());
      if (signal?.aborted === true) return reject(new TidemarkError('job.cancelled', {}));
      const id = nextId++;
      const send = (message: FromCaller): void => channel.send(message);
      const cancel = (): void => send({ type: 'cancel', id });
      const done = (): void => signal?.removeEventListener('abort', cancel);
      signal?.addEventListener('abort', cancel);
      pending.set(id, {
        resolve: (output) => (done(), resolve(output)),
        reject: (error) => (done(), reject(error instanceof Error ? error : new Error(String(error)))),
        onProgress,
      });
      send({ type: 'call', id, name, input });
    });
  }

  const calls = Object.fromEntries(
    Object.keys(table).map((name) => [
      name,
      (input: unknown, options?: CallOptions<never>) => call(name, input, options),
    ]),
  );
  return {
    calls: calls as unknown as CallClient<Table>,
    on(topic, listener) {
      const those = listeners.get(topic) ?? new Set();
      listeners.set(topic, those.add(listener as (payload: never) => void));
      return () => void those.delete(listener as (payload: never) => void);
    },
    close: () => channel.close(),
  };
}

function connectionLost(): TidemarkError {
  return new TidemarkError('internal.connectionLost', {}, { retry: 'later' });
}
