/** The first of the files that a restore would touch, one line each: those that change something before the others. */
import { lstat } from 'node:fs/promises';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { RestoreLine } from '#contract/engine/engine-values.ts';
import { joinPaths } from '#operations/restore/source-places.ts';
import type { RestoreAction, RestorePlan } from '#operations/restore/types.ts';
import { diskPathOf } from './disk-path.ts';

const AT_A_TIME = 32;

interface Seen {
  readonly path: ByteString;
  readonly action: RestoreAction;
  readonly sizeBytes: number;
}

export class RestoreLines {
  readonly #most: number;
  readonly #changing: Seen[] = [];
  readonly #others: Seen[] = [];
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Of one part of the restore. */
  add(path: ByteString, kind: 'file' | 'dir', action: RestoreAction, sizeBytes: number): void {
    // A folder that is removed is told with all that is in it.
    if (kind === 'dir' && action !== 'removed') return;
    this.#count++;
    const list = action === 'unchanged' || action === 'kept' ? this.#others : this.#changing;
    if (list.length < this.#most) list.push({ path, action, sizeBytes });
  }

  get isCut(): boolean {
    return this.#count > this.#most;
  }

  /** @param above what stands before the paths of the part */
  async load({ target, prefix }: RestorePlan, above: ByteString): Promise<RestoreLine[]> {
    const seen = [...this.#changing, ...this.#others].slice(0, this.#most);
    const lines: RestoreLine[] = [];
    for (let start = 0; start < seen.length; start += AT_A_TIME) {
      const batch = seen.slice(start, start + AT_A_TIME).map(async ({ path, action, sizeBytes }) => {
        const onDisk = joinPaths(target, path.slice(prefix.length) as ByteString);
        const whole = (above + path) as ByteString;
        const currentModifiedMs = await modifiedMsOf(onDisk);
        return { path: whole, label: toDisplay(whole), action, sizeBytes, currentModifiedMs };
      });
      lines.push(...(await Promise.all(batch)));
    }
    return lines;
  }
}

async function modifiedMsOf(path: ByteString): Promise<number | null> {
  try {
    return Math.floor((await lstat(diskPathOf(path))).mtimeMs);
  } catch {
    return null;
  }
}
