/** A place that cannot be opened because a small file of it is missing or damaged: what is so, and the button that puts it back. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { isTidemarkError } from '#base/errors.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { UnlockPlace } from './unlock-place.tsx';
import type { PlaceValue } from './view-model.ts';

export interface LostKeysProps {
  readonly place: PlaceValue;
  readonly mirror: Mirror;
  /** The code is wanted at once: it was tried without. */
  readonly isAsking: boolean;
}

export function LostKeys({ place, mirror, isAsking }: LostKeysProps) {
  const { calls } = useCore();
  const say = useCoreSentences();
  const { places: words } = useWords();
  const nowMs = useNowMs(mirror);
  const { ask, isBusy, refusal } = useAsk();
  const problem = mirror.health.problems.find(
    ({ code, placeIds }) => code === 'keysLost' && placeIds.includes(place.id),
  );
  const [needsCode, setNeedsCode] = useState(isAsking && problem !== undefined);
  const done = (): void => {
    setNeedsCode(false);
    notifications.show({ message: words.mended(place.name) });
    // What failed meanwhile goes now; where it cannot, the overview says so.
    for (const planId of problem?.planIds ?? [])
      void calls['jobs.backUpNow']({ planId }).catch(() => undefined);
  };
  const putBack = (): Promise<unknown> =>
    ask(async () => {
      try {
        await calls['places.mendKeys']({ placeId: place.id, password: null });
        done();
      } catch (error) {
        const isKeyLost =
          isTidemarkError(error, 'repository.wrongPassword') ||
          isTidemarkError(error, 'repository.secretNeeded');
        if (!isKeyLost) throw error;
        setNeedsCode(true);
      }
    });
  if (problem === undefined && !needsCode) return null;
  const text = problem === undefined ? undefined : say.problem(problem, mirror, nowMs);
  return (
    <>
      {text !== undefined && (
        <NoteBar
          tone="danger"
          action={
            <Button loading={isBusy} onClick={() => void putBack()}>
              {words.mend}
            </Button>
          }
        >
          {text.title} {text.safe} {text.todo}
        </NoteBar>
      )}
      <Refusal error={refusal} />
      {needsCode && (
        <UnlockPlace place={place} why="filesLost" onClose={() => setNeedsCode(false)} onDone={done} />
      )}
    </>
  );
}
