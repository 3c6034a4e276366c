/** What can be done for a place: prove all of it, give back room, read it anew; and what of that is under way. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useWords } from '../../text/use-words.ts';
import { Progress } from '../../ui/progress.tsx';
import { Section } from '../../ui/section.tsx';
import { PlaceTest } from './place-test.tsx';
import type { PlaceValue } from './view-model.ts';

type Request = Parameters<CoreLink['calls']['jobs.start']>[0];

export function PlaceCare({ place, mirror }: { readonly place: PlaceValue; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const { ask, refusal } = useAsk();
  const active = (kind: string): Mirror['jobs'][number] | undefined =>
    mirror.jobs.find(
      (job) =>
        job.kind === kind &&
        job.placeId === place.id &&
        (job.state === 'running' || job.state === 'queued' || job.state === 'paused'),
    );
  const start = async (request: Request, told: string): Promise<void> => {
    const started = await ask(() => calls['jobs.start'](request));
    if (started !== undefined) notifications.show({ message: told });
  };
  const placeId = place.id;
  const works = [
    {
      request: { kind: 'verify', placeId, part: 1, of: 1 },
      label: words.verify,
      note: words.verifyNote,
      told: words.verifyStarted,
    },
    {
      request: { kind: 'mend', placeId, givesUp: false },
      label: words.mendPlace,
      note: words.mendPlaceNote,
      told: words.mendPlaceStarted,
    },
    {
      request: { kind: 'cleanUp', placeId },
      label: words.cleanUp,
      note: words.cleanUpNote,
      told: words.cleanUpStarted,
    },
    {
      request: { kind: 'readHistory', placeId },
      label: words.readHistory,
      note: words.readHistoryNote,
      told: words.readHistoryStarted,
    },
  ] as const;
  return (
    <Section title={words.careTitle}>
      <div className="card choices">
        {works.map(({ request, label, note, told }) => {
          const job = active(request.kind);
          const { bytesDone = 0, totalBytes = null } = job?.progress ?? {};
          return (
            <div key={request.kind}>
              <p>
                <b>{label}</b>
                <span>{note}</span>
                {job !== undefined && (
                  <Progress
                    label={`${label}: ${words.underWay}`}
                    done={
                      totalBytes === null || totalBytes === 0 ? null : Math.min(1, bytesDone / totalBytes)
                    }
                  />
                )}
              </p>
              {job === undefined ? (
                <Button variant="default" onClick={() => void start(request, told)}>
                  {label}
                </Button>
              ) : (
                <Button
                  variant="default"
                  onClick={() => void ask(() => calls['jobs.cancel']({ jobId: job.id }))}
                >
                  {words.stop}
                </Button>
              )}
            </div>
          );
        })}
        <PlaceTest location={place.location} options={place.options} isInUse />
        <Refusal error={refusal} />
      </div>
    </Section>
  );
}
