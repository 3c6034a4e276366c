/** The main world's half of the context bridge: what the preload exposes appears on `window`, frozen. Page source. */
import type { WorldLink } from './world-link.ts';

export function runMainWorld(link: WorldLink, window: object): void {
  function freeze(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
    Object.values(value).forEach(freeze);
    return Object.freeze(value);
  }

  link.onMessage((message) => {
    if (message.kind !== 'expose') return;
    Object.defineProperty(window, message.name, {
      value: freeze(link.decode(message.value)),
      enumerable: true,
      writable: false,
      configurable: false,
    });
    link.emit({ kind: 'ack' });
  });
  link.emit({ kind: 'hello' });
}
