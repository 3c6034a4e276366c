/** Files that wait to be read, in the order in which they were found; handed out in batches that make a job worth its message. */
import type { FileToRead } from '#pipeline/scan-types.ts';
import type { FolderInProgress } from './folder-in-progress.ts';

/** Files per read job, and bytes after which a job is full. */
const FILES_PER_READ = 128;
const BYTES_PER_READ = 4 << 20;
/** With this much waiting no further folder is to be scanned. */
const ENOUGH_FILES_WAITING = 4 * FILES_PER_READ;

export interface WaitingFile extends FileToRead {
  readonly folder: FolderInProgress;
  /** Place of its node in the folder. */
  readonly index: number;
  readonly sizeBytes: number;
  readonly wasInParent: boolean;
}

export class FilesToRead {
  #files: WaitingFile[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  get fillsJob(): boolean {
    return this.#files.length >= FILES_PER_READ || this.#bytes >= BYTES_PER_READ;
  }

  get isEnough(): boolean {
    return this.#files.length >= ENOUGH_FILES_WAITING;
  }

  add(file: WaitingFile): void {
    this.#files.push(file);
    this.#bytes += file.sizeBytes;
  }

  takeBatch(most = FILES_PER_READ): WaitingFile[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#files.length && count < most && bytes < BYTES_PER_READ)
      bytes += this.#files[count++]!.sizeBytes;
    this.#bytes -= bytes;
    return this.#files.splice(0, count);
  }
}
