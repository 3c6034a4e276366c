/** What a changed rule would let go of the versions that are there now, place by place, with its warning. */
import { useAnswer } from '../../core-link/use-answer.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { toLines, type Retention } from './retention-lines.ts';

type Preview = Awaited<ReturnType<CoreLink['calls']['plans.previewRetention']>>;

export type Loss =
  | {
      readonly kind: 'known';
      readonly places: Preview;
      /** Of all places, each moment once. */
      readonly versions: readonly { readonly timeMs: number; readonly goes: boolean }[];
      readonly removes: number;
    }
  /** A place cannot be asked now. */
  | { readonly kind: 'unknown' };

/** Asked of a plan that is there, about the rule as it stands in the editor. */
export function useLoss(
  planId: string | null,
  placeIds: readonly string[],
  retention: Retention,
  news: unknown,
): Loss | undefined {
  const { calls } = useCore();
  const answer = useAnswer(
    planId === null || keepsAll(retention)
      ? null
      : (signal) => loadLoss(calls, planId, placeIds, retention, signal),
    [planId, placeIds, retention, news],
  );
  if (answer.kind === 'refused') return { kind: 'unknown' };
  return answer.value;
}

/** There is nothing to ask: nothing goes. */
function keepsAll(retention: Retention): boolean {
  return toLines(retention).length === 0 && retention.tagLists.length === 0;
}

async function loadLoss(
  calls: CoreLink['calls'],
  planId: string,
  placeIds: readonly string[],
  retention: Retention,
  signal: AbortSignal,
): Promise<Loss> {
  const places = await calls['plans.previewRetention']({ planId, retention }, { signal });
  const points = await Promise.all(
    placeIds.map((placeId) => calls['browse.points']({ placeId }, { signal }).catch(() => [])),
  );
  const going = new Set(places.flatMap((place) => goingIn(place).map(({ snapshotId }) => snapshotId)));
  const versions = new Map<number, boolean>();
  for (const point of points.flat()) {
    if (!point.tags.some((tag) => tag.includes(planId))) continue;
    versions.set(point.timeMs, (versions.get(point.timeMs) ?? false) || going.has(point.snapshotId));
  }
  return {
    kind: 'known',
    places,
    versions: [...versions].map(([timeMs, goes]) => ({ timeMs, goes })),
    removes: places.reduce((sum, place) => sum + goingIn(place).length, 0),
  };
}

/** At once and in time. */
function goingIn({ removes, removesLater }: Preview[number]): Preview[number]['removes'] {
  return [...removes, ...removesLater];
}

export function RetentionLoss({ loss, nowMs }: { readonly loss: Loss; readonly nowMs: number }) {
  const { folders: words } = useWords();
  const formats = useFormats();
  const mirror = useMirror();
  if (loss.kind === 'unknown') return <p className="quiet">{words.previewAway}</p>;
  const nameOf = (placeId: string): string =>
    mirror?.places.find(({ id }) => id === placeId)?.name ?? placeId;
  return (
    <div className="loss" aria-live="polite">
      {loss.places
        .map((place) => ({ ...place, going: goingIn(place) }))
        .map(({ placeId, keeps, going }) =>
          going.length === 0 ? (
            <p className="quiet" key={placeId}>
              {words.previewNothing(nameOf(placeId), formats.count(keeps))}
            </p>
          ) : (
            <NoteBar tone="warning" key={placeId}>
              <p>
                {words.preview(
                  nameOf(placeId),
                  going.length,
                  formats.count(keeps),
                  formats.moment(Math.min(...going.map(({ timeMs }) => timeMs)), nowMs),
                )}
              </p>
              <p>{words.previewWarning}</p>
            </NoteBar>
          ),
        )}
    </div>
  );
}
