/**
 * The isolated world where a sandboxed preload runs: `require` knows only what the sandbox has, `ipcRenderer` speaks
 * to the host through a binding that only this world sees. Page source: names only its arguments and what a page has.
 */
import type { Codec } from '../codec.ts';
import type { WorldLink } from './world-link.ts';

export interface IsolatedWorld {
  readonly link: WorldLink;
  readonly codec: Codec;
  /** The binding to the host; takes text. */
  tellHost(text: string): void;
  /** Where the host delivers replies and events. */
  setDelivery(deliver: (text: string) => void): void;
}

type Delivered =
  | { kind: 'reply'; id: number; channel: string; isFine: boolean; value: unknown; error: string }
  | { kind: 'event'; channel: string; args: unknown };

type IpcListener = (event: object, ...args: unknown[]) => void;

/** Gives the `require` of a sandboxed preload. */
export function createSandbox(world: IsolatedWorld): (name: string) => unknown {
  const { link, codec, tellHost } = world;
  const calls = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  const listeners = new Map<string, IpcListener[]>();
  let lastCall = 0;

  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++lastCall;
        const text = JSON.stringify({ kind: 'invoke', id, channel, args: codec.encode(args) });
        calls.set(id, { resolve, reject });
        tellHost(text);
      }),
    send: (channel: string, ...args: unknown[]) =>
      tellHost(JSON.stringify({ kind: 'send', channel, args: codec.encode(args) })),
    on: (channel: string, listener: IpcListener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off: (channel: string, listener: IpcListener) => {
      const others = (listeners.get(channel) ?? []).filter((other) => other !== listener);
      listeners.set(channel, others);
      return ipcRenderer;
    },
  };

  function receive(delivered: Delivered): void {
    if (delivered.kind === 'event') {
      const args = codec.decode(delivered.args) as unknown[];
      for (const listener of listeners.get(delivered.channel) ?? []) {
        listener({ sender: ipcRenderer, ports: [] }, ...args);
      }
      return;
    }
    const call = calls.get(delivered.id);
    calls.delete(delivered.id);
    if (delivered.isFine) call?.resolve(codec.decode(delivered.value));
    else {
      call?.reject(new Error(`Error invoking remote method '${delivered.channel}': ${delivered.error}`));
    }
  }
  world.setDelivery((text) => receive(JSON.parse(text) as Delivered));

  // The main world may not be there yet; then what is exposed waits for its greeting.
  const waiting: { name: string; value: unknown }[] = [];
  let isTaken = false;
  function exposeWaiting(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      isTaken = false;
      link.emit({ kind: 'expose', ...next });
      if (!isTaken) return;
      waiting.shift();
    }
  }
  link.onMessage((message) => {
    if (message.kind === 'ack') isTaken = true;
    else if (message.kind === 'hello') exposeWaiting();
  });

  const contextBridge = {
    exposeInMainWorld: (name: string, value: unknown) => {
      waiting.push({ name, value: link.encode(value) });
      exposeWaiting();
    },
  };
  /** Real files have paths that nobody here knows: a test gives a file its path as its name. */
  const webUtils = {
    getPathForFile: ({ name }: { readonly name: string }): string => (name.startsWith('/') ? name : ''),
  };
  const electron = { contextBridge, ipcRenderer, webUtils };
  return (name) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
}
