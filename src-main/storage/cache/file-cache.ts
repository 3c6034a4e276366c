/**
 * Small files nearby, by kind and key, each with the SHA-256 of its bytes behind them: what a crash, a full disk or bad
 * memory has left of one is not given out. Bounded: what was not used for longest goes when a cache is closed that grew too
 * large. Nothing here is ever needed: no failure leaves this folder, and what cannot be kept is not kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import { invariant } from '#base/errors.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

const CHECKSUM_BYTES = 32;
/** Copies waiting to be written; beyond it nothing is kept. */
const MAX_WAITING_BYTES = 32 << 20;
const WRITES_AT_A_TIME = 4;
/** Down to this share of the bound, so that not every run has to look. */
const SHRINK_TO = 0.9;
/** Whether something was used need not be known more exactly than this. */
const USE_RESOLUTION_MS = 3_600_000;
/** A version that a place does not list any more is remembered so long after its last use. */
const SNAPSHOT_KEPT_MS = 24 * 3_600_000;
const TEMPORARY = '.tmp-';

export interface FileCacheOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly clock: Clock;
}

interface KeptFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

export class FileCache {
  readonly #options: FileCacheOptions;
  readonly #slots = new SlotQueue(WRITES_AT_A_TIME);
  readonly #underWay = new Set<Promise<void>>();
  #waitingBytes = 0;
  #hasGrown = false;

  constructor(options: FileCacheOptions) {
    invariant(options.maxBytes > 0, 'a cache that may hold nothing');
    this.#options = options;
  }

  async get(kind: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = this.#fileOf(kind, key);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.#read(file);
    } catch {
      return undefined;
    }
    const content = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
    if (Buffer.compare(checksum(content), bytes.subarray(content.length)) === 0) return content.slice();
    await unlink(file).catch(() => undefined);
    return undefined;
  }

  keep(kind: string, key: string, bytes: Uint8Array): void {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) return;
    this.#waitingBytes += bytes.length;
    // Not `slice`: of a Buffer that is a view.
    const copy = new Uint8Array(bytes);
    const writing = this.#slots
      .run(() => this.#write(this.#fileOf(kind, key), copy))
      .catch(() => undefined)
      .finally(() => {
        this.#waitingBytes -= copy.length;
        this.#underWay.delete(writing);
      });
    this.#underWay.add(writing);
  }

  async drop(kind: string, key: string): Promise<void> {
    await unlink(this.#fileOf(kind, key)).catch(() => undefined);
  }

  async names(kind: string): Promise<readonly string[]> {
    await Promise.all(this.#underWay);
    return (await this.#files(kind)).map(({ file }) => path.basename(file));
  }

  keepOnly(kind: string, keys: ReadonlySet<string>): void {
    const dropping = this.#files(kind)
      .then(async (files) => {
        const nowMs = this.#options.clock.nowMs();
        const mayGo = ({ usedMs }: KeptFile): boolean =>
          kind !== 'snapshot' || nowMs - usedMs > SNAPSHOT_KEPT_MS;
        const gone = files.filter((each) => !keys.has(path.basename(each.file)) && mayGo(each));
        for (const { file } of gone) await rm(file, { force: true });
      })
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(dropping));
    this.#underWay.add(dropping);
  }

  /** Waits for what is under way, and brings the cache back to its bound. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    if (!this.#hasGrown) return;
    this.#hasGrown = false;
    await this.#shrink().catch(() => undefined);
  }

  async #read(file: string): Promise<Uint8Array<ArrayBuffer>> {
    const handle = await open(file, 'r');
    try {
      const { size, mtimeMs } = await handle.stat();
      const bytes = new Uint8Array(size);
      const { bytesRead } = await handle.read(bytes, 0, size, 0);
      const nowMs = this.#options.clock.nowMs();
      if (nowMs - mtimeMs > USE_RESOLUTION_MS) await utimes(file, nowMs / 1000, nowMs / 1000);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = path.join(folder, `${TEMPORARY}${randomBytes(6).toString('hex')}`);
    try {
      await writeFile(temporary, [bytes, checksum(bytes)], { mode: 0o600, flag: 'wx' });
      await rename(temporary, file);
      this.#hasGrown = true;
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  async #shrink(): Promise<void> {
    const files = (await Promise.all(['index', 'snapshot', 'tree'].map((kind) => this.#files(kind)))).flat();
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (total <= this.#options.maxBytes) return;
    for (const { file, sizeBytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.#options.maxBytes * SHRINK_TO) return;
      await rm(file, { force: true });
      total -= sizeBytes;
    }
  }

  async #files(kind: string): Promise<KeptFile[]> {
    const folder = path.join(this.#options.folder, kind);
    const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files: KeptFile[] = [];
    for (const entry of names) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const found = await stat(file).catch(() => undefined);
      if (found !== undefined) files.push({ file, sizeBytes: found.size, usedMs: found.mtimeMs });
    }
    return files;
  }

  #fileOf(kind: string, key: string): string {
    return path.join(this.#options.folder, kind, key.slice(0, 2), key);
  }
}

function checksum(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
