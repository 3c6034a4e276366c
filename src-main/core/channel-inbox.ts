/** The receiving half that every transport's channel needs: one listener, messages kept until it comes, one closing. */
export class ChannelInbox {
  readonly #waiting: unknown[] = [];
  #listener: ((message: unknown) => void) | undefined;
  readonly #closeListeners: (() => void)[] = [];
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
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

  /** The connection is gone. Again: nothing. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of this.#closeListeners.splice(0)) listener();
  }
}
