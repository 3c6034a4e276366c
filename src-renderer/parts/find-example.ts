/** One file that a person would know, from the newest version of a place: what could be got back already. */
import type { WirePath } from '#contract/app/values.ts';
import { showLastName } from '../text/show-name.ts';
import type { CoreLink } from '../core-link/connect-core.ts';

export interface Example {
  readonly label: string;
  /** Where it can be got back. */
  readonly route: string;
  readonly path: WirePath;
  /** A version that has it. */
  readonly snapshotId: string | undefined;
}

/** What people write themselves comes before what programs leave behind. */
const KNOWN_ENDINGS = /\.(docx?|odt|pdf|xlsx?|ods|pptx?|txt|md|jpe?g|png|heic|pages|numbers)$/i;

interface Found {
  readonly label: string;
  readonly path: WirePath;
  readonly modifiedMs: number;
  /** The newest version that has it. */
  readonly at: string | undefined;
}

/** Null: the history does not know one yet. */
export async function findExample(
  calls: CoreLink['calls'],
  placeId: string,
  signal: AbortSignal,
): Promise<Example | null> {
  const found: Found[] = [];
  await calls['browse.search'](
    { placeId, search: { text: '.', limit: 200 } },
    {
      signal,
      onProgress: ({ results }) =>
        void found.push(
          ...results
            .filter(({ kind, isDeleted }) => kind === 'file' && !isDeleted)
            .map(({ label, path, modifiedMs, life }) => ({
              label,
              path,
              modifiedMs,
              at: life.at(-1)?.to.snapshotId,
            })),
        ),
    },
  );
  const [best] = found
    .filter(({ label }) => KNOWN_ENDINGS.test(label))
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
  if (best === undefined) return null;
  const query = new URLSearchParams({
    place: placeId,
    path: typeof best.path === 'string' ? best.path : JSON.stringify(best.path),
    ...(best.at === undefined ? {} : { at: best.at }),
  });
  const { path, at: snapshotId } = best;
  return { label: showLastName(path), route: `#/history?${query.toString()}`, path, snapshotId };
}
