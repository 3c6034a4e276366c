/** A client of Chromium's DevTools protocol over its WebSocket: numbered requests, and events by session. */

type Params = Readonly<Record<string, unknown>>;
type Listener = (method: string, params: Params) => void;

interface Reply {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly method: string;
  resolve(result: Params): void;
  reject(error: Error): void;
}

/** The browser has ended, or its connection has: what was asked gets no answer. */
export class BrowserGone extends Error {
  constructor() {
    super('test host: the browser is gone');
  }
}

export class DevTools {
  readonly url: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Listener[]>();
  #lastId = 0;

  private constructor(url: string, socket: WebSocket, onGone: () => void) {
    this.url = url;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as Reply);
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new BrowserGone());
      this.#waiting.clear();
      onGone();
    };
  }

  static async connect(url: string, onGone: () => void): Promise<DevTools> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`test host: cannot connect to ${url}`));
    });
    return new DevTools(url, socket, onGone);
  }

  send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new BrowserGone());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  /** Events of one page's session; without one, those of the browser. */
  listen(listener: Listener, sessionId = ''): void {
    this.#listeners.set(sessionId, [...(this.#listeners.get(sessionId) ?? []), listener]);
  }

  #receive(reply: Reply): void {
    if (reply.id === undefined) {
      for (const listener of this.#listeners.get(reply.sessionId ?? '') ?? []) {
        listener(reply.method ?? '', reply.params ?? {});
      }
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.error !== undefined) waiting?.reject(new Error(`${waiting.method}: ${reply.error.message}`));
    else waiting?.resolve(reply.result ?? {});
  }
}
