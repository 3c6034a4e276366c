/**
 * Folder watching by chokidar, in the thread it is called in. Chokidar keeps the set of watched folders true (new, renamed and
 * replaced ones); what happened in them is taken from its `raw` events, one for each notice of the system, because its own
 * events pass over attributes and names that are not text, and because it then need not know files at all: 80 000 files
 * cost what their 5 000 folders cost. Does what chokidar does not: notices lost by the system, mounts, sources that were
 * replaced, odd names, a limit. Whatever is not understood becomes a doubt. Source: `docs/design/watching.md`.
 */
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FSWatcher } from 'chokidar';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import { invariant } from '#base/errors.ts';
import type { DoubtReason, UnwatchedReason } from '#contract/watch-codes.ts';
import { createExcludeFilter, type ExcludeFilter } from '#rules/exclude-rules.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import type {
  FolderWatch,
  FolderWatching,
  UnwatchedFolder,
  WatchListener,
  WatchRequest,
} from './folder-watching.ts';
import { isUnwatchable, loadMounts, mountOf, mountsBelow, type Mount } from './mounts.ts';
import { NewsGatherer } from './news-gatherer.ts';
import { LinkedNames } from './linked-names.ts';
import { isOddName, listOddEntries, mayBeOdd, type OddEntries } from './odd-names.ts';
import { loadWatchLimits, type WatchLimits } from './system-limits.ts';
import { LOOK_MS, QUEUE_SHARE_IN_DOUBT, SHARE_OF_WATCHES } from './watch-limits.ts';

/** Folders listed as unwatched; above, their sources are walked whole. */
const MAX_UNWATCHED = 1_000;
/** A folder that was removed may be made anew before chokidar has noticed: it is looked at once more after this time. */
const MADE_ANEW_MS = 1_000;

export interface SystemFacts {
  loadMounts(): Promise<Mount[]>;
  loadLimits(): Promise<WatchLimits>;
}

export class ChokidarWatching implements FolderWatching {
  readonly #clock: Clock;
  readonly #facts: SystemFacts;

  constructor(clock: Clock, facts: SystemFacts = { loadMounts, loadLimits: loadWatchLimits }) {
    this.#clock = clock;
    this.#facts = facts;
  }

  watch(request: WatchRequest, listener: WatchListener): FolderWatch {
    const watch = new ChokidarWatch(request, listener, this.#clock, this.#facts);
    watch.start();
    return watch;
  }
}

class ChokidarWatch implements FolderWatch {
  readonly #request: WatchRequest;
  readonly #clock: Clock;
  readonly #facts: SystemFacts;
  readonly #exclude: ExcludeFilter;
  readonly #news: NewsGatherer;
  readonly #closing = new AbortController();
  readonly #roots: readonly string[];
  #watcher: FSWatcher | undefined;
  #isReady = false;
  /** Folders that were let in to be watched. */
  readonly #admitted = new Set<string>();
  readonly #unwatched = new Map<ByteString, UnwatchedReason>();
  /** By folder. */
  readonly #odd = new Map<string, OddEntries>();
  readonly #linked = new LinkedNames();
  readonly #removed = new Set<string>();
  #standingIsNews = false;
  #mounts: readonly Mount[] = [];
  /** What the sources and the mounts in them are. */
  #identity = '';
  #limits: WatchLimits = { maxWatches: undefined, maxQueued: undefined };
  #noticesInOneGo = 0;

  constructor(request: WatchRequest, listener: WatchListener, clock: Clock, facts: SystemFacts) {
    this.#request = request;
    this.#clock = clock;
    this.#facts = facts;
    this.#exclude = createExcludeFilter(request.exclude);
    this.#roots = request.folders.filter((folder) => !isOddName(folder)).map(toDisplay);
    this.#news = new NewsGatherer(clock, listener, () => this.#admitted.size);
  }

  start(): void {
    this.#run().catch(() => {
      if (!this.#closing.signal.aborted) this.#fail();
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#news.close();
    await this.#watcher?.close();
  }

  /** Watches, and looks now and then at what no notice tells. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    this.#limits = await this.#facts.loadLimits();
    let reason: DoubtReason = 'started';
    for (;;) {
      this.#mounts = await this.#facts.loadMounts();
      this.#identity = await this.#loadIdentity(this.#mounts);
      if (signal.aborted) return;
      this.#begin(reason);
      reason = await this.#otherFolders(signal);
      await this.#watcher?.close();
    }
  }

  /** Resolves when the sources are not those any more that are watched. */
  async #otherFolders(signal: AbortSignal): Promise<DoubtReason> {
    for (;;) {
      await this.#clock.sleep(LOOK_MS, signal);
      const found = await this.#loadIdentity(await this.#facts.loadMounts());
      if (found === this.#identity) continue;
      const reason = found.includes(MISSING) ? 'folderMissing' : 'folderReplaced';
      this.#doubt(reason);
      this.#news.setReady(false);
      return reason;
    }
  }

  async #loadIdentity(mounts: readonly Mount[]): Promise<string> {
    const facts = this.#roots.map(async (root) => {
      const path = textToByteString(root);
      const inside = mountsBelow(mounts, path).map(({ id, point }) => `${id} ${point}`);
      const mount = mountOf(mounts, path);
      // Nobody knows when a file system behind a network answers.
      const own = mount !== undefined && isUnwatchable(mount) ? mount.id : await identityOf(root);
      return [own, ...inside].join('\n');
    });
    return (await Promise.all(facts)).join('\0');
  }

  #begin(reason: DoubtReason): void {
    this.#isReady = false;
    this.#admitted.clear();
    this.#odd.clear();
    this.#linked.clear();
    this.#unwatched.clear();
    this.#standingIsNews = true;
    const mounts = this.#mounts;
    for (const folder of this.#request.folders) {
      const mount = mountOf(mounts, folder);
      if (isOddName(folder)) this.#unwatch(folder, 'oddName');
      else if (mount !== undefined && isUnwatchable(mount)) this.#unwatch(folder, 'networkFolder');
    }
    const roots = this.#roots.filter((root) => !this.#unwatched.has(textToByteString(root)));
    try {
      const watcher = new FSWatcher({
        ignoreInitial: true,
        followSymlinks: false,
        // Otherwise names that look like those of editors' temporary files are passed over.
        atomic: false,
        ignored: (path, stats) => this.#isIgnored(path, stats),
      });
      this.#watcher = watcher;
      invariant(!watcher.options.usePolling, 'CHOKIDAR_USEPOLLING makes chokidar look for changes by itself');
      this.#listenTo(watcher, reason);
      watcher.add(roots);
    } catch {
      this.#fail();
    }
  }

  #listenTo(watcher: FSWatcher, reason: DoubtReason): void {
    const isCurrent = (): boolean => this.#watcher === watcher && !this.#closing.signal.aborted;
    watcher.on('raw', (event, name, details) => {
      if (isCurrent()) this.#noticed(event, name, (details as { watchedPath: string }).watchedPath);
    });
    watcher.on('addDir', (path) => {
      if (isCurrent()) this.#folderCame(path);
    });
    watcher.on('unlinkDir', (path) => {
      if (isCurrent()) this.#folderWent(path);
    });
    watcher.on('error', (error) => {
      if (isCurrent()) this.#failedAt(error);
    });
    watcher.on('ready', () => {
      if (!isCurrent()) return;
      this.#isReady = true;
      this.#news.doubts.add(reason);
      this.#tellStanding();
      this.#news.setReady(true);
    });
  }

  /** One notice of the system: something happened to `name` in a watched folder. */
  #noticed(event: string, name: string | null, folder: string): void {
    this.#countNotice();
    if (!this.#isInSources(folder)) return;
    const folderBytes = textToByteString(folder);
    if (name === null) {
      this.#doubt('eventsLost');
      return;
    }
    // Told of the folder itself, or of an entry of the same name: inotify does not say which.
    if (name === basename(folder)) {
      this.#touch(folderBytes);
      if (event === 'rename') this.#lookForNew(folder);
    }
    if (mayBeOdd(name)) {
      this.#findOdd(folder);
      this.#tellStanding();
      this.#touch(folderBytes);
    }
    const path = joined(folderBytes, textToByteString(name));
    if (!this.#isLeftOut(path)) {
      this.#touch(path);
      for (const other of this.#linked.namesOf(path)) this.#touch(other);
      if (event === 'rename') this.#linked.forget(path);
    } else if (event === 'rename') {
      // Its coming or going changed the folder that it lies in, and nothing else that is saved.
      this.#news.touchedBeside.add(folderBytes);
      this.#news.changed();
    }
  }

  #touch(path: ByteString): void {
    this.#news.touched.add(path);
    this.#news.changed();
  }

  #doubt(reason: DoubtReason): void {
    this.#news.doubts.add(reason);
    this.#news.changed();
  }

  /**
   * The system's queue is read to its end before anything else runs: much in one go means that it was nearly full, and what
   * does not fit is dropped without a word.
   */
  #countNotice(): void {
    if (this.#noticesInOneGo++ === 0) setImmediate(() => (this.#noticesInOneGo = 0));
    const { maxQueued } = this.#limits;
    if (maxQueued !== undefined && this.#noticesInOneGo === Math.ceil(maxQueued * QUEUE_SHARE_IN_DOUBT))
      this.#doubt('eventsLost');
  }

  #folderCame(path: string): void {
    if (!this.#isInSources(path)) return;
    this.#findOdd(path);
    this.#tellStanding();
    this.#news.whole.add(textToByteString(path));
    if (this.#isReady && this.#roots.includes(path)) this.#news.doubts.add('folderReplaced');
    this.#news.changed();
  }

  #folderWent(path: string): void {
    if (!this.#isInSources(path)) return;
    this.#admitted.delete(path);
    const bytes = textToByteString(path);
    this.#linked.forgetBelow(bytes);
    if (this.#odd.delete(path) || this.#unwatched.delete(bytes)) this.#standingIsNews = true;
    this.#tellStanding();
    this.#touch(bytes);
    if (this.#roots.includes(path)) this.#doubt('folderMissing');
  }

  /** A watched folder was removed or moved. Under its name may be another one, in which nobody has noticed anything yet. */
  #lookForNew(folder: string): void {
    this.#removed.add(folder);
    if (this.#removed.size > 1) return;
    this.#clock.sleep(MADE_ANEW_MS, this.#closing.signal).then(
      async () => {
        const removed = [...this.#removed];
        this.#removed.clear();
        for (const each of removed) {
          const stats = await lstat(each).catch(() => undefined);
          if (stats?.isDirectory() === true) this.#news.whole.add(textToByteString(each));
        }
        this.#news.changed();
      },
      () => undefined,
    );
  }

  #isIgnored(path: string, stats: Stats | undefined): boolean {
    if (this.#roots.includes(path)) {
      if (stats?.isDirectory() === true) this.#admit(path, textToByteString(path), true);
      return false;
    }
    const bytes = textToByteString(path);
    if (stats === undefined) return this.#isLeftOut(bytes);
    if (!stats.isDirectory()) {
      if (!this.#isLeftOut(bytes)) this.#sawFile(bytes, stats);
      return true;
    }
    return this.#isLeftOut(bytes) || !this.#admit(path, bytes, false);
  }

  /** Chokidar asks about every file that it meets or hears of, and about no other. */
  #sawFile(path: ByteString, stats: Stats): void {
    if (!this.#linked.see(path, stats)) return;
    this.#standingIsNews = true;
    if (!this.#isReady) return;
    for (const name of this.#linked.namesOf(path)) this.#touch(name);
    this.#tellStanding();
  }

  #isLeftOut(path: ByteString): boolean {
    return path.endsWith(`/${UNDO_FOLDER}`) || this.#exclude.isExcluded(path, false);
  }

  /** Whether the folder may be watched. */
  #admit(path: string, bytes: ByteString, isRoot: boolean): boolean {
    if (this.#admitted.has(path)) return true;
    if (this.#unwatched.has(bytes)) return false;
    const mount = this.#mounts.find(({ point }) => point === bytes);
    if (mount !== undefined && isUnwatchable(mount)) this.#unwatch(bytes, 'networkFolder');
    else if (isOddName(bytes)) return false;
    else if (!isRoot && this.#admitted.size >= this.#maxFolders) this.#unwatch(bytes, 'watchLimit');
    else {
      this.#admitted.add(path);
      this.#findOdd(path);
      return true;
    }
    if (this.#isReady) this.#tellStanding();
    return false;
  }

  get #maxFolders(): number {
    const { maxWatches } = this.#limits;
    return this.#request.maxFolders ?? (maxWatches === undefined ? Infinity : maxWatches * SHARE_OF_WATCHES);
  }

  #findOdd(folder: string): void {
    const odd = listOddEntries(folder, (path) => this.#isLeftOut(path));
    if (odd === undefined && !this.#odd.has(folder)) return;
    if (odd === undefined) this.#odd.delete(folder);
    else this.#odd.set(folder, odd);
    this.#standingIsNews = true;
  }

  #unwatch(path: ByteString, reason: UnwatchedReason): void {
    if (this.#isBelowUnwatched(path)) return;
    this.#unwatched.set(path, reason);
    this.#standingIsNews = true;
    if (this.#unwatched.size <= MAX_UNWATCHED) return;
    this.#unwatched.clear();
    for (const folder of this.#request.folders) this.#unwatched.set(folder, reason);
  }

  #isBelowUnwatched(path: ByteString): boolean {
    if (this.#unwatched.size === 0) return false;
    for (let at: string = path; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (this.#unwatched.has(at as ByteString)) return true;
    return false;
  }

  #tellStanding(): void {
    if (!this.#standingIsNews) return;
    this.#standingIsNews = false;
    const unwatched: UnwatchedFolder[] = [...this.#unwatched].map(([path, reason]) => ({ path, reason }));
    const always = this.#linked.elsewhere();
    for (const { folders, others } of this.#odd.values()) {
      for (const path of folders) unwatched.push({ path, reason: 'oddName' });
      always.push(...others);
    }
    this.#news.setStanding(unwatched, always);
  }

  #failedAt(error: unknown): void {
    const { path, code } = error as { path?: unknown; code?: unknown };
    if (typeof path !== 'string' || !this.#isInSources(path)) {
      this.#doubt('watchFailed');
      return;
    }
    const isLimit = code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE';
    this.#admitted.delete(path);
    this.#unwatch(textToByteString(path), isLimit ? 'watchLimit' : 'unreadable');
    if (this.#isReady) this.#tellStanding();
  }

  /** Nothing is watched any more: everything is walked. */
  #fail(): void {
    for (const folder of this.#request.folders) this.#unwatched.set(folder, 'failed');
    this.#standingIsNews = true;
    this.#doubt('watchFailed');
    this.#tellStanding();
    this.#news.setReady(true);
  }

  #isInSources(path: string): boolean {
    return this.#roots.some((root) => path === root || path.startsWith(root === '/' ? '/' : `${root}/`));
  }
}

const MISSING = 'missing';

async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return MISSING;
  }
}

function joined(folder: ByteString, name: ByteString): ByteString {
  return (folder === '/' ? `/${name}` : `${folder}/${name}`) as ByteString;
}
