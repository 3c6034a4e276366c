/** The writeFiles job: opens blobs out of a piece of a pack and writes them as whole files or as parts of larger ones. */
import { idAt } from '#base/ids.ts';
import type { OpenTarget, TargetPath } from '#files/port.ts';
import type { RestoreJobTypes } from '../restore-types.ts';
import { ReadBackMismatch, restorePlace, throwIfFull, type RestorePlace } from '../restore-place.ts';
import type { BlobUse, EntryProblem, PlaceOutcome } from '../restore-types.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';

type Types = RestoreJobTypes['writeFiles'];

export function writeFiles(input: Types['input'], context: JobContext): Types['output'] {
  const place = restorePlace(context, input.settings);
  const outcomes: PlaceOutcome[] = [];
  const damaged: { blob: number; reason: string }[] = [];
  const unfinished = new UnfinishedFile(place);
  let opened = -1;
  let plain: Uint8Array | undefined;
  place.begin(input.uses.length);
  try {
    for (const [index, use] of input.uses.entries()) {
      if (use.blob !== opened) {
        context.reportRead(0);
        opened = use.blob;
        const result = openBlob(input, opened, context);
        plain = typeof result === 'string' ? undefined : result;
        if (typeof result === 'string') damaged.push({ blob: opened, reason: result });
      }
      if (plain === undefined) continue;
      place.at(index);
      const outcome = writeUse(use, plain, input, index, place, unfinished, context);
      if (outcome !== undefined) outcomes.push({ index, ...outcome });
    }
    outcomes.push(...place.commit());
  } finally {
    unfinished.close();
    place.abandon();
  }
  return { outcomes, damaged };
}

/** A text says why it cannot be opened. */
function openBlob(input: Types['input'], blob: number, context: JobContext): Uint8Array | string {
  const { at, length, uncompressedLength } = input.blobs[blob]!;
  try {
    const sealed = input.bytes.subarray(at, at + length);
    return context.codec.open(sealed, uncompressedLength, idAt(input.ids, blob));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function writeUse(
  use: BlobUse,
  plain: Uint8Array,
  input: Types['input'],
  index: number,
  place: RestorePlace,
  unfinished: UnfinishedFile,
  context: JobContext,
): EntryProblem | undefined {
  const folder = input.folders[use.folder]!;
  if (use.kind === 'file') {
    const { name, metadata, isReplacing } = use;
    const mark = place.contentMark(context, idAt(input.ids, use.blob), [plain.length]);
    return place.writeFile(folder, name, plain, metadata, isReplacing, input.firstTemporary + index, mark);
  }
  const path = [...folder, use.temporaryName];
  try {
    place.write(unfinished.open(path), plain, use.offset);
    return undefined;
  } catch (error) {
    if (error instanceof ReadBackMismatch) return { kind: 'failed', code: 'EIO' };
    const code = errorCodeOf(error);
    throwIfFull(code, path, error);
    return { kind: 'failed', code };
  }
}

/** The file whose parts are being written; parts of one file mostly follow each other. */
class UnfinishedFile {
  readonly #place: RestorePlace;
  #path: TargetPath = [];
  #file: OpenTarget | undefined;

  constructor(place: RestorePlace) {
    this.#place = place;
  }

  open(path: TargetPath): OpenTarget {
    const isSame = path.length === this.#path.length && path.every((name, at) => name === this.#path[at]);
    if (this.#file !== undefined && isSame) return this.#file;
    this.close();
    this.#file = this.#place.openUnfinished(path);
    this.#path = path;
    return this.#file;
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    file?.close();
  }
}
