/**
 * Structured clone over text: what Electron's IPC and context bridge let through comes out equal, functions are
 * refused in Electron's words. `createCodec` is also put into pages as source, so it names nothing outside of itself.
 */

/** Values that one side wants to treat itself (functions and promises at the context bridge). */
export interface CodecHooks {
  encode?(value: unknown): Encoded | undefined;
  decode?(encoded: Encoded): { readonly value: unknown } | undefined;
}

/** A tagged value; plain ones stand for themselves. */
export interface Encoded {
  readonly tag: string;
  readonly value?: unknown;
}

export interface Codec {
  encode(value: unknown): unknown;
  decode(encoded: unknown): unknown;
}

export function createCodec(hooks: CodecHooks = {}): Codec {
  const typedArray = Object.getPrototypeOf(Uint8Array) as abstract new () => Uint8Array;
  const errorTypes: Record<string, ErrorConstructor> = { TypeError, RangeError, SyntaxError, ReferenceError };

  function toText(bytes: Uint8Array): string {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }

  function toBytes(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  function encodeObject(value: object, open: Set<object>): unknown {
    const own = hooks.encode?.(value);
    if (own !== undefined) return own;
    if (typeof value === 'function' || value instanceof Promise || value instanceof WeakMap) {
      throw new Error('An object could not be cloned.');
    }
    if (open.has(value)) throw new Error('test host: values that hold themselves are not supported');
    open.add(value);
    const inner = (part: unknown): unknown => encode(part, open);
    try {
      if (Array.isArray(value)) return value.map(inner);
      if (value instanceof Date) return { tag: 'date', value: value.getTime() };
      if (value instanceof Map) return { tag: 'map', value: [...value].map(inner) };
      if (value instanceof Set) return { tag: 'set', value: [...value].map(inner) };
      if (value instanceof ArrayBuffer) return { tag: 'buffer', value: toText(new Uint8Array(value)) };
      if (value instanceof typedArray) {
        return {
          tag: 'bytes',
          value: toText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
        };
      }
      if (value instanceof Error) {
        return { tag: 'error', value: [value.name, value.message, value.stack] };
      }
      return { tag: 'object', value: Object.entries(value).map(([key, part]) => [key, inner(part)]) };
    } finally {
      open.delete(value);
    }
  }

  function encode(value: unknown, open: Set<object>): unknown {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      return Number.isFinite(value) ? value : { tag: 'number', value: String(value) };
    }
    if (value === undefined) return { tag: 'undefined' };
    if (typeof value === 'bigint') return { tag: 'bigint', value: String(value) };
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    return encodeObject(value as object, open);
  }

  function decode(encoded: unknown): unknown {
    if (encoded === null || typeof encoded !== 'object') return encoded;
    if (Array.isArray(encoded)) return encoded.map(decode);
    const { tag, value } = encoded as Encoded;
    switch (tag) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(value);
      case 'bigint':
        return BigInt(value as string);
      case 'date':
        return new Date(value as number);
      case 'map':
        return new Map((value as unknown[]).map((pair) => decode(pair) as [unknown, unknown]));
      case 'set':
        return new Set((value as unknown[]).map(decode));
      case 'buffer':
        return toBytes(value as string).buffer;
      case 'bytes':
        return toBytes(value as string);
      case 'error': {
        const [name = '', message, stack] = value as string[];
        return Object.assign(new (errorTypes[name] ?? Error)(message), { stack });
      }
      case 'object':
        return Object.fromEntries(
          (value as [string, unknown][]).map(([key, part]) => [key, decode(part)] as const),
        );
      default: {
        const own = hooks.decode?.({ tag, value });
        if (own === undefined) throw new Error(`test host: unknown tag ${tag}`);
        return own.value;
      }
    }
  }

  return { encode: (value) => encode(value, new Set()), decode };
}
