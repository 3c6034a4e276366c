/**
 * A connection that carries messages both ways, in order: between a window and the core, the command line and a running
 * core, the core and its engine process. Who made it decides what a message may hold; everything of the contract is
 * safe for JSON.
 */
export interface Channel {
  /** Does nothing once the channel is closed. */
  send(message: unknown): void;
  /** One listener; messages that came before it are handed over when it is set. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, at once where the channel is closed already. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Two ends in one process, for a core without a process of its own. Messages arrive later, as copies. */
export function createChannelPair(): [Channel, Channel] {
  const first = new PairedChannel();
  const second = new PairedChannel();
  first.other = second;
  second.other = first;
  return [first, second];
}

class PairedChannel implements Channel {
  other: PairedChannel | undefined;
  readonly #waiting: unknown[] = [];
  #listener: ((message: unknown) => void) | undefined;
  readonly #closeListeners: (() => void)[] = [];
  #isClosed = false;

  send(message: unknown): void {
    const copy = structuredClone(message);
    const { other } = this;
    queueMicrotask(() => other?.receive(copy));
  }

  receive(message: unknown): void {
    if (this.#isClosed) return;
    if (this.#listener === undefined) this.#waiting.push(message);
    else this.#listener(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of this.#closeListeners.splice(0)) listener();
    const { other } = this;
    // After what was sent before.
    queueMicrotask(() => other?.close());
  }
}
