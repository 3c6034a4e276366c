/** Parts of English sentences that errors share. */
import { short, upperFirst } from '../text-parts.ts';
import type { TextWords } from '../text-tables.ts';

export const NOTHING_CHANGED = 'Nothing was changed.';
export const SAVED_IS_SAFE = 'What was saved before is safe.';

/** `snapshots a1b2c3d4, e5f6a7b8 and 3 more`. */
export function listShort(ids: readonly string[], noun: string): string {
  if (ids.length === 0) return `some ${noun}s`;
  const named = ids.slice(0, MAX_IDS_NAMED).map(short).join(', ');
  const more = ids.length > MAX_IDS_NAMED ? ` and ${ids.length - MAX_IDS_NAMED} more` : '';
  return `${noun}${ids.length === 1 ? '' : 's'} ${named}${more}`;
}

const MAX_IDS_NAMED = 5;

/** ` (for /home/me/a, /home/me/b and 7 more)`. */
export function listPaths(paths: readonly string[], count: number): string {
  if (paths.length === 0) return '';
  const more = count > paths.length ? ` and ${count - paths.length} more` : '';
  return ` (for ${paths.join(', ')}${more})`;
}

export function checkAdvice(words: TextWords): string {
  return `${upperFirst(words.check)} to see what is affected, and keep copies of this place until then.`;
}
