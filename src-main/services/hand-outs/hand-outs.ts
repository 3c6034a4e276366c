/**
 * The private folder of what was got ready for other programs: one folder for each job, of the owner only, gone after a day
 * and at the next start; what was opened as well when the core ends. Only ids that were made here mean anything, so no id of a stranger ever becomes a path.
 */
import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { bytesToByteString, byteStringToBytes, textToByteString, toDisplay } from '#base/byte-string.ts';
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import { runsWhenOpened } from '#contract/app/runs-when-opened.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import { hasProgramHead } from './program-heads.ts';

/** A program that something was dropped on may read it late; nobody waits longer. */
export const HAND_OUT_MS = 86_400_000;
const OWNER_ONLY = 0o700;
const READ_ONLY = 0o400;
/** Copies that are open for reading: when there are more, or more in them, the oldest go. */
export const MOST_OPENED = 20;
export const MOST_OPENED_BYTES = 4_000_000_000;

export interface HandOutPart {
  readonly name: string;
  readonly sizeBytes: number;
  readonly offset: number;
  readonly base64: string;
}

export class HandOuts {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #made = new Set<string>();
  readonly #ending = new AbortController();
  /** Oldest first. */
  readonly #opened: { readonly id: string; readonly sizeBytes: number }[] = [];

  /** @param root of this profile alone */
  constructor(root: string, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
  }

  /** What a core before this one left. Never throws: what cannot be removed now is removed another time. */
  async clear(): Promise<void> {
    await removeTree(this.#root).catch(() => undefined);
  }

  /** A new empty folder; it goes after a day. @throws files.targetNotWritable, files.noSpace */
  async make(id: string): Promise<string> {
    const folder = path.join(this.#root, id);
    try {
      await removeTree(folder);
      await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
      // It may have been there already, with other rights.
      await chmod(this.#root, OWNER_ONLY);
    } catch (error) {
      throw notWritable(this.#root, error);
    }
    this.#made.add(id);
    void this.#clock.sleep(HAND_OUT_MS, this.#ending.signal).then(
      () => this.remove(id),
      () => undefined,
    );
    return folder;
  }

  /** Of what was put in it, leaves what other programs are to see, under names that are text. */
  async settle(id: string): Promise<void> {
    const folder = this.#folderOf(id);
    await removeTree(path.join(folder, UNDO_FOLDER));
    for (const name of await namesIn(folder)) {
      if (textToByteString(toDisplay(name)) === name) continue;
      const path = { base64: byteStringToBytes(name).toString('base64') };
      await rename(inFolder(folder, name), await freeName(folder, safeFileName(path)));
    }
  }

  /** Absolute, of what lies on top. @throws request.notFound */
  async files(id: string): Promise<string[]> {
    const folder = this.#folderOf(id);
    return (await namesIn(folder)).map((name) => path.join(folder, toDisplay(name)));
  }

  /** A part of the one file that was handed out. @throws request.notFound, request.invalidInput */
  async read(id: string, offset: number, length: number): Promise<HandOutPart> {
    const [file, ...others] = await this.files(id);
    if (file === undefined || others.length > 0 || !(await stat(file)).isFile())
      throw new TidemarkError('request.invalidInput', {
        what: 'what was handed out',
        reason: 'it is no file',
      });
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
      const base64 = bytes.subarray(0, bytesRead).toString('base64');
      return { name: path.basename(file), sizeBytes: size, offset, base64 };
    } finally {
      await handle.close();
    }
  }

  /**
   * Of a job with one file: made read-only, under a harmless name, for a program that is to open it.
   * @throws files.wouldRun: then it is gone; request.notFound, request.invalidInput
   */
  async prepareToOpen(id: string): Promise<string> {
    const [file, ...others] = await this.files(id);
    const found = file === undefined || others.length > 0 ? undefined : await lstat(file);
    if (file === undefined || found === undefined || !found.isFile())
      throw new TidemarkError('request.invalidInput', {
        what: 'what is to be opened',
        reason: 'it is no file',
      });
    const name = safeFileName(path.basename(file));
    if (runsWhenOpened(name) || (await hasProgramHead(file))) {
      await this.remove(id);
      throw new TidemarkError('files.wouldRun', { name }, { retry: 'never' });
    }
    const copy = path.join(path.dirname(file), name);
    if (copy !== file) await rename(file, copy);
    await chmod(copy, READ_ONLY);
    if (!this.#opened.some((one) => one.id === id)) this.#opened.push({ id, sizeBytes: found.size });
    await this.#makeRoom();
    return copy;
  }

  async #makeRoom(): Promise<void> {
    const isTooMuch = (): boolean =>
      this.#opened.length > MOST_OPENED ||
      this.#opened.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > MOST_OPENED_BYTES;
    while (this.#opened.length > 1 && isTooMuch()) await this.remove(this.#opened[0]!.id);
  }

  /** Never throws. */
  async remove(id: string): Promise<void> {
    const at = this.#opened.findIndex((one) => one.id === id);
    if (at >= 0) this.#opened.splice(at, 1);
    if (!this.#made.delete(id)) return;
    await removeTree(path.join(this.#root, id)).catch(() => undefined);
  }

  /** What was dragged out stays for who holds it until the next start; what was opened goes now. Never throws. */
  async close(): Promise<void> {
    this.#ending.abort();
    while (this.#opened.length > 0) await this.remove(this.#opened[0]!.id);
  }

  /** @throws request.notFound */
  #folderOf(id: string): string {
    if (this.#made.has(id)) return path.join(this.#root, id);
    throw new TidemarkError('request.notFound', { what: 'hand-out', id });
  }
}

async function namesIn(folder: string): Promise<ByteString[]> {
  const names = await readdir(folder, { encoding: 'buffer' });
  return names.map(bytesToByteString);
}

function inFolder(folder: string, name: ByteString): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), byteStringToBytes(name)]);
}

async function freeName(folder: string, wanted: string): Promise<string> {
  const { name, ext } = path.parse(wanted);
  for (let number = 1; ; number++) {
    const file = path.join(folder, number === 1 ? wanted : `${name} (${number})${ext}`);
    const isTaken = await lstat(file).then(
      () => true,
      () => false,
    );
    if (!isTaken) return file;
  }
}

/** Folders come with their rights; nothing can be taken out of one that is read-only. */
async function removeTree(folder: string): Promise<void> {
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch {
    await openUp(folder);
    await remove();
  }
}

async function openUp(folder: string | Buffer): Promise<void> {
  await chmod(folder, OWNER_ONLY);
  const entries = await readdir(folder, { encoding: 'buffer', withFileTypes: true });
  for (const entry of entries)
    if (entry.isDirectory()) await openUp(Buffer.concat([Buffer.from(folder), Buffer.from('/'), entry.name]));
}

function notWritable(folder: string, error: unknown): TidemarkError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const options = { retry: 'afterUser', cause: error } as const;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TidemarkError('files.noSpace', { path: folder }, options);
  const data = { path: folder, reason: describeErrorCode(code) };
  return new TidemarkError('files.targetNotWritable', data, options);
}
