/** How much of a file each kind of preview fetches, and where each one gives up. Pure. */
import type { PreviewKind } from './preview-kinds.ts';

/** So much of a text is shown at first and with each "show more". */
export const TEXT_STEP_BYTES = 128 * 1024;
/** Pictures are drawn from the whole file. */
export const MOST_IMAGE_BYTES = 60_000_000;
/** A picture takes four bytes of memory for each of its points, whatever its file has. */
export const MOST_PIXELS = 120_000_000;
/** Of sound and video until they can be played; after that they are fetched as far as they are played. */
export const MEDIA_START_BYTES = 4_000_000;
/** Each of two texts; above that, lines are not compared. */
export const MOST_TEXT_BYTES = 5_000_000;
/** The pages that are shown first are a small part of the file; the rest is not fetched. */
const PART_BYTES = 1_000_000;
/** For the list of an archive: a zip file has it at its end, others between the contents. */
export const LIST_BYTES = 4_000_000;

export function bytesToFetch(kind: PreviewKind, sizeBytes: number): number {
  switch (kind) {
    case 'empty':
    case 'hex':
      return 0;
    case 'text':
      return Math.min(sizeBytes, TEXT_STEP_BYTES);
    case 'image':
      return sizeBytes > MOST_IMAGE_BYTES ? 0 : sizeBytes;
    case 'audio':
    case 'video':
      return Math.min(sizeBytes, MEDIA_START_BYTES);
    case 'pdf':
      return Math.min(sizeBytes, PART_BYTES);
    case 'archive':
      return Math.min(sizeBytes, LIST_BYTES);
  }
}
