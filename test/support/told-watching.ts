/** Folder watching that sees nothing by itself: the test says what is noticed, lost, or fails, and when. */
import type { DoubtReason } from '#contract/watch-codes.ts';
import type {
  FolderWatch,
  FolderWatching,
  WatchListener,
  WatchNews,
  WatchRequest,
} from '#services/watcher/folder-watching.ts';
import { textToByteString } from '#base/byte-string.ts';

interface ToldWatch extends FolderWatch {
  readonly request: WatchRequest;
  readonly listener: WatchListener;
  isClosed: boolean;
}

export class ToldWatching implements FolderWatching {
  readonly watches: ToldWatch[] = [];

  watch(request: WatchRequest, listener: WatchListener): FolderWatch {
    const watch: ToldWatch = {
      request,
      listener,
      isClosed: false,
      close() {
        watch.isClosed = true;
        return Promise.resolve();
      },
    };
    this.watches.push(watch);
    return watch;
  }

  /** To the watch begun last. */
  tell(news: Partial<WatchNews>): void {
    const nothing = { touched: [], touchedBeside: [], whole: [], doubts: [], watchedCount: 1 };
    this.watches.at(-1)!.listener({ ...nothing, ...news });
  }

  ready(): void {
    this.tell({ isReady: true, doubts: ['started'] });
  }

  touch(...paths: string[]): void {
    this.tell({ touched: paths.map(textToByteString) });
  }

  doubt(...doubts: DoubtReason[]): void {
    this.tell({ doubts });
  }
}
