/** `#/places`: all places, one beside the other; what is below it is the page of one, or of a new one. */
import { Button } from '@mantine/core';
import { HardDrive, Plus } from 'lucide-react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { useFormats, useShowPath, useSpeech, useWords } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NewPlacePage } from './new-place-page.tsx';
import { PlacePage } from './place-page.tsx';
import { usePastJobs } from './use-past-jobs.ts';
import { placeView, type PlaceView } from './view-model.ts';
import './places.css';

export interface PlacesPageProps {
  /** None: the list; `new`; else the id of a place. */
  readonly which: string | undefined;
  readonly query: URLSearchParams;
}

export function PlacesPage({ which, query }: PlacesPageProps) {
  const mirror = useMirror();
  const { frame } = useWords();
  if (mirror === undefined)
    return (
      <PageBody isBusy>
        <Skeleton label={frame.loading} />
      </PageBody>
    );
  if (which === undefined) return <PlaceList mirror={mirror} />;
  if (which === 'new') return <NewPlacePage mirror={mirror} />;
  return <PlacePage key={which} placeId={which} mirror={mirror} asks={asksOf(query)} />;
}

function asksOf(query: URLSearchParams): 'unlock' | 'mend' | undefined {
  return query.has('unlock') ? 'unlock' : query.has('mend') ? 'mend' : undefined;
}

function PlaceList({ mirror }: { readonly mirror: Mirror }) {
  const speech = useSpeech();
  const { places: words } = speech.words;
  const nowMs = useNowMs(mirror);
  const past = usePastJobs(mirror);
  const views = mirror.places.map((place) => placeView(place, mirror, past, nowMs, speech));
  const add = (
    <Button component="a" href="#/places/new" leftSection={<Plus size={17} strokeWidth={1.7} aria-hidden />}>
      {words.add}
    </Button>
  );
  return (
    <PageBody className="places">
      <PageHead title={words.title} note={words.note} actions={views.length > 0 ? add : undefined} />
      {views.length === 0 ? (
        <div className="card">
          <EmptyState icon={HardDrive} title={words.emptyTitle} action={add}>
            {words.emptyBody}
          </EmptyState>
        </div>
      ) : (
        <ul className="place-list">
          {views.map((view) => (
            <PlaceRow key={view.id} view={view} />
          ))}
        </ul>
      )}
    </PageBody>
  );
}

function PlaceRow({ view }: { readonly view: PlaceView }) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { places: words } = useWords();
  const formats = useFormats();
  // What a place says of its space; one that is away says nothing, and that is no fault.
  const { value: space } = useAnswer(
    (signal) => calls['space.get']({ placeId: view.id }, { signal }),
    [view.id, view.newest],
  );
  const free = space?.freeBytes ?? null;
  return (
    <li>
      <a className="card place-row" href={`#/places/${encodeURIComponent(view.id)}`}>
        <span className="what">
          <b>{view.name}</b>
          <span className="where" title={showPath(view.location)}>
            {view.kind} · {showPath(view.location)}
          </span>
        </span>
        <span className="state">
          <Dot tone={view.tone} /> {view.presence}
        </span>
        <span className="fact">
          <span>{words.column.free}</span>
          {free === null ? words.freeUnknown : formats.bytes(free)}
        </span>
        <span className="fact">
          <span>{words.column.newest}</span>
          {view.newest}
        </span>
        <span className="fact">
          <span>{words.column.verified}</span>
          {view.verified}
        </span>
      </a>
    </li>
  );
}
