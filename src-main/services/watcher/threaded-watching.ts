/**
 * Folder watching in a thread of its own. Chokidar's first look at a large tree keeps its thread busy for a second or more, and
 * the services' thread must never be held up; besides, the thread's memory can be bounded. A thread that dies is started again,
 * later and later; until then nothing counts as watched. Plain messages; both sides stand here.
 */
import type { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import type {
  FolderWatch,
  FolderWatching,
  WatchListener,
  WatchNews,
  WatchRequest,
} from './folder-watching.ts';
import { MAX_RESTART_MS, RESTART_MS } from './watch-limits.ts';

type ToThread =
  | { readonly type: 'watch'; readonly id: number; readonly request: WatchRequest }
  | { readonly type: 'close'; readonly id: number }
  | { readonly type: 'end' };

type FromThread =
  | { readonly type: 'news'; readonly id: number; readonly news: WatchNews }
  | { readonly type: 'closed'; readonly id: number };

/** What the thread needs of its own port. */
export interface ThreadPort {
  postMessage(message: FromThread): void;
  on(event: 'message', listener: (message: ToThread) => void): unknown;
}

/** The thread's side: watches what it is told to. `end` lets the thread end by itself. */
export function serveWatching(port: ThreadPort, watching: FolderWatching, end: () => void): void {
  const watches = new Map<number, FolderWatch>();
  port.on('message', (message) => {
    switch (message.type) {
      case 'watch': {
        const { id, request } = message;
        const tell: WatchListener = (news) => {
          port.postMessage({ type: 'news', id, news });
        };
        watches.set(id, watching.watch(request, tell));
        break;
      }
      case 'close': {
        const { id } = message;
        const closed = (): void => {
          port.postMessage({ type: 'closed', id });
        };
        (watches.get(id)?.close() ?? Promise.resolve()).then(closed, closed);
        watches.delete(id);
        break;
      }
      case 'end':
        void Promise.allSettled([...watches.values()].map((watch) => watch.close())).then(end);
    }
  });
}

interface OpenWatch {
  readonly request: WatchRequest;
  readonly listener: WatchListener;
}

export class ThreadedWatching implements FolderWatching {
  readonly #startWorker: () => Worker;
  readonly #clock: Clock;
  readonly #watches = new Map<number, OpenWatch>();
  readonly #closing = new Map<number, () => void>();
  readonly #stopping = new AbortController();
  #worker: Worker | undefined;
  #lastId = 0;
  #restartMs = RESTART_MS;

  /** The thread starts with the first watch. `startWorker` bounds its memory. */
  constructor(startWorker: () => Worker, clock: Clock) {
    this.#startWorker = startWorker;
    this.#clock = clock;
  }

  watch(request: WatchRequest, listener: WatchListener): FolderWatch {
    const id = ++this.#lastId;
    this.#watches.set(id, { request, listener });
    if (this.#worker === undefined) this.#start();
    else this.#post({ type: 'watch', id, request });
    return {
      close: () => this.#close(id),
    };
  }

  /** Ends the thread. To be called after all watches are closed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'end' } satisfies ToThread);
    await ended;
  }

  #close(id: number): Promise<void> {
    const watch = this.#watches.get(id);
    this.#watches.delete(id);
    if (watch === undefined || this.#worker === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#closing.set(id, resolve);
      this.#post({ type: 'close', id });
    });
  }

  #start(): void {
    if (this.#stopping.signal.aborted) return;
    const worker = this.#startWorker();
    this.#worker = worker;
    worker.on('message', (message: FromThread) => {
      this.#heard(message);
    });
    worker.once('error', () => {
      this.#died(worker);
    });
    worker.once('exit', () => {
      this.#died(worker);
    });
    for (const [id, { request }] of this.#watches) this.#post({ type: 'watch', id, request });
  }

  #heard(message: FromThread): void {
    if (message.type === 'closed') {
      this.#closing.get(message.id)?.();
      this.#closing.delete(message.id);
      return;
    }
    if (message.news.isReady === true) this.#restartMs = RESTART_MS;
    this.#watches.get(message.id)?.listener(message.news);
  }

  #died(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const resolve of this.#closing.values()) resolve();
    this.#closing.clear();
    const nothing = { touched: [], touchedBeside: [], whole: [], watchedCount: 0 };
    for (const { listener } of this.#watches.values())
      listener({ ...nothing, doubts: ['watchFailed'], isReady: false });
    const delayMs = this.#restartMs;
    this.#restartMs = Math.min(MAX_RESTART_MS, delayMs * 2);
    this.#clock.sleep(delayMs, this.#stopping.signal).then(
      () => {
        if (this.#worker === undefined && this.#watches.size > 0) this.#start();
      },
      () => undefined,
    );
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }
}
