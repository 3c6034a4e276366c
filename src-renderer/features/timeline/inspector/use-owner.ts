/**
 * Whose the version in view was: asked of its place, or where that is away of another one that has the same version. The
 * catalogue does not know it.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { EntryOwner } from '#contract/app/content-calls.ts';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useWords } from '../../../text/use-words.ts';
import { standInFor } from '../stand-in.ts';
import { useHistory } from '../use-history.ts';
import type { Subject } from './use-subject.ts';

/** `words`: why it is not told. Null: there is nothing to tell. */
export type OwnerTold = EntryOwner | { readonly words: string } | null;

export function useOwner({ current, item, placeId, series }: Subject): OwnerTold {
  const { calls } = useCore();
  const { inspector: words } = useWords();
  const say = useCoreSentences();
  const { sources, placeName, presence } = useHistory();
  const from = current?.fetchFrom;
  const standIn = from === undefined ? undefined : standInFor(sources, { placeId, series }, from.timeMs);
  const other = standIn?.isSame === true ? standIn : undefined;
  const { path } = item;
  const answer = useAnswer(
    from === undefined
      ? null
      : async (signal) => {
          const askOther = (): Promise<EntryOwner | null> | undefined =>
            other &&
            calls['browse.owner'](
              { placeId: other.source.placeId, snapshotId: other.point.snapshotId, path },
              { signal },
            );
          if (presence === 'absent' && other !== undefined) return askOther();
          try {
            return await calls['browse.owner']({ placeId, snapshotId: from.snapshotId, path }, { signal });
          } catch (error) {
            const told = signal.aborted ? undefined : askOther();
            if (told === undefined) throw error;
            return told;
          }
        },
    [placeId, from?.snapshotId, nameKey(path), presence === 'absent', other?.point.snapshotId],
  );
  if (from === undefined) return null;
  if (answer.kind === 'asking') return { words: words.loading };
  if (answer.kind === 'here') return answer.value ?? null;
  const isAway = isTidemarkError(answer.error, 'storage.unreachable');
  return { words: isAway ? words.needsPlace(placeName) : say.error(answer.error) };
}
