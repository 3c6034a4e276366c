/**
 * The connection of a page's two worlds, main and isolated: they share only the document, so values go as text in
 * its events; functions and promises go as numbers that call back. Put into pages as source: names only its
 * arguments and what a page has.
 */
import type { Codec, CodecHooks } from '../codec.ts';

/** The little of the page that is used; the tests' TypeScript project knows no DOM. */
export interface PageDocument {
  dispatchEvent(event: unknown): boolean;
  addEventListener(name: string, listener: (event: { detail: string }) => void, capture: boolean): void;
}

type Message =
  | { kind: 'call'; id: number; call: number; args: unknown }
  | { kind: 'return'; call: number; isFine: boolean; value: unknown }
  | { kind: 'settle'; id: number; isFine: boolean; value: unknown }
  | { kind: 'hello' | 'ack' }
  | { kind: 'expose'; name: string; value: unknown };

export interface WorldLink {
  emit(message: Message): void;
  encode(value: unknown): unknown;
  decode(value: unknown): unknown;
  /** Messages that are not about functions and promises. */
  onMessage(listener: (message: Message) => void): void;
}

export function createWorldLink(
  page: { document: PageDocument; CustomEvent: new (name: string, init: { detail: string }) => unknown },
  createCodec: (hooks: CodecHooks) => Codec,
  outgoing: string,
  incoming: string,
): WorldLink {
  const functions: unknown[] = [];
  const promises = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  const returns = new Map<number, { isFine: boolean; value: unknown }>();
  let lastId = 0;
  let listener: (message: Message) => void = () => undefined;
  // Taken now: page scripts may replace them later.
  const { document, CustomEvent } = page;
  const dispatch = document.dispatchEvent.bind(document);
  const emit = (message: Message): void => {
    dispatch(new CustomEvent(outgoing, { detail: JSON.stringify(message) }));
  };

  const codec = createCodec({
    encode(value) {
      if (typeof value === 'function') {
        const known = functions.indexOf(value);
        return { tag: 'function', value: known >= 0 ? known : functions.push(value) - 1 };
      }
      if (value instanceof File) return { tag: 'file', value: value.name };
      if (!(value instanceof Promise)) return undefined;
      const id = ++lastId;
      const settle = (isFine: boolean) => (result: unknown) =>
        emit({ kind: 'settle', id, isFine, value: codec.encode(result) });
      value.then(settle(true)).catch(settle(false));
      return { tag: 'promise', value: id };
    },
    decode({ tag, value }) {
      if (tag === 'function') return { value: (...args: unknown[]) => callOther(value as number, args) };
      if (tag === 'file') return { value: new File([], String(value)) };
      if (tag !== 'promise') return undefined;
      return {
        value: new Promise((resolve, reject) => promises.set(value as number, { resolve, reject })),
      };
    },
  });

  /** Events are delivered at once, so the answer is there when `emit` returns. */
  function callOther(id: number, args: unknown[]): unknown {
    const call = ++lastId;
    emit({ kind: 'call', id, call, args: codec.encode(args) });
    const answer = returns.get(call);
    returns.delete(call);
    if (answer === undefined) throw new Error('test host: the other world did not answer');
    const value = codec.decode(answer.value);
    if (!answer.isFine) throw value;
    return value;
  }

  function answerCall(message: Message & { kind: 'call' }): void {
    const { call } = message;
    try {
      const called = functions[message.id] as (...args: unknown[]) => unknown;
      const value = codec.encode(called(...(codec.decode(message.args) as unknown[])));
      emit({ kind: 'return', call, isFine: true, value });
    } catch (error) {
      emit({ kind: 'return', call, isFine: false, value: codec.encode(error) });
    }
  }

  function settlePromise(message: Message & { kind: 'settle' }): void {
    const promise = promises.get(message.id);
    promises.delete(message.id);
    const value = codec.decode(message.value);
    if (message.isFine) promise?.resolve(value);
    else promise?.reject(value);
  }

  document.addEventListener(
    incoming,
    (event) => {
      const message = JSON.parse(event.detail) as Message;
      if (message.kind === 'call') answerCall(message);
      else if (message.kind === 'return') returns.set(message.call, message);
      else if (message.kind === 'settle') settlePromise(message);
      else listener(message);
    },
    true,
  );
  return {
    emit,
    encode: codec.encode,
    decode: codec.decode,
    onMessage: (next) => {
      listener = next;
    },
  };
}
