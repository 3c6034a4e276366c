/** `#/places/<id>`: how a place is, looking after it, its space and keys, and the ways to move or forget it. */
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { HardDrive } from 'lucide-react';
import { useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { SpaceCharts } from '../../parts/space-charts.tsx';
import { useShowPath, useSpeech, useWords } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { LostKeys } from './lost-keys.tsx';
import { PlaceCare } from './place-care.tsx';
import { ForgetPlace, MovePlace, RenewCode } from './place-changes.tsx';
import { UnlockPlace } from './unlock-place.tsx';
import { usePastJobs } from './use-past-jobs.ts';
import { placeView, type PlaceValue } from './view-model.ts';

export interface PlacePageProps {
  readonly placeId: string;
  readonly mirror: Mirror;
  /** The dialog that is wanted at once. */
  readonly asks: 'unlock' | 'mend' | undefined;
}

export function PlacePage({ placeId, mirror, asks }: PlacePageProps) {
  const { places: words } = useWords();
  const place = mirror.places.find(({ id }) => id === placeId);
  if (place === undefined)
    return (
      <PageBody>
        <EmptyState
          icon={HardDrive}
          title={words.gone}
          action={
            <Button component="a" href="#/places" variant="default">
              {words.back}
            </Button>
          }
        />
      </PageBody>
    );
  return <OnePlace place={place} mirror={mirror} asks={asks} />;
}

interface OnePlaceProps {
  readonly place: PlaceValue;
  readonly mirror: Mirror;
  readonly asks: PlacePageProps['asks'];
}

function OnePlace({ place, mirror, asks }: OnePlaceProps) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const speech = useSpeech();
  const {
    words: { places: words, keys },
    formats,
  } = speech;
  const nowMs = useNowMs(mirror);
  const past = usePastJobs(mirror);
  const view = placeView(place, mirror, past, nowMs, speech);
  const [isUnlockOpen, setUnlockOpen] = useState(asks === 'unlock' && view.needsCode);
  const newest = mirror.health.copies.find(({ placeId }) => placeId === place.id)?.newestAtMs;
  const { value: space } = useAnswer(
    (signal) => calls['space.get']({ placeId: place.id }, { signal }),
    [place.id, newest],
  );
  const kitHref = `#/places/${encodeURIComponent(place.id)}/kit`;
  return (
    <PageBody className="places">
      <PageHead
        title={place.name}
        back={{ href: '#/places', label: words.back }}
        actions={<RenamePlace place={place} />}
        note={
          <span className="state">
            <Dot tone={view.tone} /> {view.presence}
          </span>
        }
      />
      {isUnlockOpen && (
        <UnlockPlace
          place={place}
          why="keyMissing"
          onClose={() => setUnlockOpen(false)}
          onDone={(isRemembered) => {
            setUnlockOpen(false);
            notifications.show({
              message: isRemembered
                ? words.unlocked(place.name)
                : `${words.unlocked(place.name)} ${words.notRemembered}`,
            });
          }}
        />
      )}
      <LostKeys place={place} mirror={mirror} isAsking={asks === 'mend'} />
      <div className="card">
        <Facts
          facts={[
            [words.facts.kind, view.kind],
            [words.facts.location, <code key="location">{showPath(place.location)}</code>],
            [
              words.facts.free,
              space === undefined || space.freeBytes === null
                ? words.freeUnknown
                : formats.bytes(space.freeBytes),
            ],
            [words.facts.newest, view.newest],
            [words.facts.verified, view.verified],
            [words.facts.plans, view.planNames.length === 0 ? words.noPlans : formats.list(view.planNames)],
            [words.facts.since, formats.day(place.addedAtMs, nowMs)],
          ]}
        />
      </div>
      <PlaceCare place={place} mirror={mirror} />
      <Section title={words.spaceTitle} isCard>
        <SpaceCharts placeId={place.id} news={newest} nowMs={nowMs} />
      </Section>
      <Section title={words.keysTitle}>
        <div className="card choices">
          <div>
            <p>
              <b>{words.facts.key}</b>
              <span>
                {place.secret === 'missing'
                  ? words.keyNone
                  : place.secret === 'session'
                    ? words.keySession
                    : words.keyRemembered}
              </span>
            </p>
            {view.needsCode && <Button onClick={() => setUnlockOpen(true)}>{words.unlock}</Button>}
          </div>
          <div>
            <p>
              <b>{words.facts.kit}</b>
              <span>{place.isRecoveryProven ? words.kitProven : words.kitUnproven}</span>
            </p>
            <Button component="a" variant="default" href={kitHref}>
              {place.isRecoveryProven ? words.openKit : words.proveKit}
            </Button>
          </div>
          <div>
            <p>
              <b>{keys.addHelperTitle}</b>
              <span>{keys.addHelperBody}</span>
            </p>
            <Button component="a" variant="default" href={kitHref}>
              {keys.toKeys}
            </Button>
          </div>
          <RenewCode place={place} kitHref={kitHref} />
        </div>
      </Section>
      <MovePlace place={place} mirror={mirror} />
      <ForgetPlace place={place} mirror={mirror} />
    </PageBody>
  );
}

function RenamePlace({ place }: { readonly place: PlaceValue }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const [name, setName] = useState<string | null>(null);
  const { ask, isBusy, refusal } = useAsk();
  if (name === null)
    return (
      <Button variant="default" onClick={() => setName(place.name)}>
        {words.rename}
      </Button>
    );
  const rename = async (): Promise<void> => {
    const done = await ask(() => calls['places.rename']({ placeId: place.id, name: name.trim() }));
    if (done !== undefined) setName(null);
  };
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void rename();
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') setName(null);
      }}
    >
      <TextInput
        aria-label={words.name}
        value={name}
        maxLength={200}
        autoFocus
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
        {words.save}
      </Button>
      <Button variant="default" onClick={() => setName(null)}>
        {words.cancel}
      </Button>
      <Refusal error={refusal} />
    </form>
  );
}
