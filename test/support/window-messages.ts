/**
 * Electron's messages between one page and the main process, in this process: values are cloned on the way and arrive
 * later, in order. The page's frame can be made up.
 */
import { EventEmitter } from 'node:events';
import type { RendererMessages } from '#hosts/electron/open-page-channel.ts';
import type { SenderFrame } from '#hosts/electron/app-origin.ts';
import type { PageMessages } from '#hosts/electron/window-channels.ts';

type Handler = Parameters<PageMessages['handle']>[1];

export const OWN_FRAME: SenderFrame = { url: 'app://tidemark/index.html#/', parent: null };

export class MessageHub {
  readonly main: PageMessages;
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new EventEmitter();
  #lastId = 0;

  constructor() {
    this.main = {
      handle: (name, handler) => void this.#handlers.set(name, handler),
      on: (name, listener) => this.#listeners.on(name, listener),
    };
  }

  addPage(frame: SenderFrame | null = OWN_FRAME): HubPage {
    return new HubPage(++this.#lastId, frame, this.#handlers, this.#listeners);
  }
}

export class HubPage {
  readonly renderer: RendererMessages;
  /** The frame that its next messages come from. */
  frame: SenderFrame | null;
  isDestroyed = false;
  readonly #contents = new EventEmitter();

  constructor(
    id: number,
    frame: SenderFrame | null,
    handlers: ReadonlyMap<string, Handler>,
    listeners: EventEmitter,
  ) {
    this.frame = frame;
    const heard = new EventEmitter();
    const sender = {
      id,
      isDestroyed: () => this.isDestroyed,
      send: (name: string, ...args: readonly unknown[]) => {
        const copy = structuredClone(args);
        queueMicrotask(() => heard.emit(name, {}, ...copy));
      },
      on: (event: string, listener: () => void) => this.#contents.on(event, listener),
    };
    this.renderer = {
      invoke: async (name, ...args) => {
        const handler = handlers.get(name);
        if (handler === undefined) throw new Error(`No handler registered for '${name}'`);
        return structuredClone(await handler({ sender, senderFrame: this.frame }, ...structuredClone(args)));
      },
      send: (name, ...args) => {
        const copy = structuredClone(args);
        queueMicrotask(() => listeners.emit(name, { sender, senderFrame: this.frame }, ...copy));
      },
      on: (name, listener) => heard.on(name, listener),
      off: (name, listener) => heard.off(name, listener),
    };
  }

  /** As when the window closes or its process dies. */
  end(how: 'destroyed' | 'render-process-gone'): void {
    this.isDestroyed = how === 'destroyed';
    this.#contents.emit(how);
  }
}
