/** "Safe so far": the first copy as it goes, what happens from now on, and below it the recovery kit. */
import { Button } from '@mantine/core';
import { CircleCheck, ShieldCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { findExample } from '../../parts/find-example.ts';
import { bytesPerSecond, timeLeft } from '../../parts/time-left.ts';
import { usePace } from '../../parts/use-time-left.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { fromWireError } from '#base/errors.ts';
import { showLastName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { Progress } from '../../ui/progress.tsx';
import { Stage } from './stage.tsx';
import { TrayCard } from './tray-card.tsx';
import { firstCopyOf, type FirstCopy } from './view-model.ts';
import type { Started } from './view-store.ts';

export interface SafeScreenProps {
  readonly started: Started;
  readonly kit: (placeId: string) => ReactNode;
}

export function SafeScreen({ started, kit }: SafeScreenProps) {
  const { welcome } = useWords();
  const mirror = useMirror();
  if (mirror === undefined) return null;
  const copy = firstCopyOf(mirror, started.planId);
  const place = mirror.places.find(({ id }) => id === started.placeId)?.name ?? '';
  const isProven = mirror.places.find(({ id }) => id === started.placeId)?.isRecoveryProven === true;
  return (
    <Stage
      title={useHeading(copy)}
      number={isProven ? 4 : copy.kind === 'safe' ? 4 : 3}
      action={
        <Button component="a" href="#/" variant={isProven ? 'filled' : 'default'} size="md">
          {welcome.toOverview}
        </Button>
      }
    >
      <section className={`copy ${copy.kind}`}>
        <CopyState copy={copy} started={started} place={place} />
      </section>
      <section className="schedule">
        <ShieldCheck size={19} strokeWidth={1.7} aria-hidden />
        <p>
          {welcome.schedule} <span>{welcome.changeLater}</span>
        </p>
      </section>
      {started.notRemembered !== null && (
        <p className="caution" title={started.notRemembered}>
          {welcome.notRemembered}
        </p>
      )}
      {kit(started.placeId)}
      {copy.kind === 'safe' && <TrayCard />}
    </Stage>
  );
}

function useHeading(copy: FirstCopy): string {
  const { welcome } = useWords();
  const { count } = useFormats();
  switch (copy.kind) {
    case 'preparing':
      return welcome.preparing;
    case 'waits':
      return welcome.waits;
    case 'failed':
      return welcome.failed;
    case 'running':
      return welcome.soFar(welcome.files(count(copy.progress.filesDone), copy.progress.filesDone === 1));
    case 'safe':
      return welcome.safe(welcome.files(count(copy.files), copy.files === 1));
  }
}

function CopyState({ copy, started, place }: { copy: FirstCopy; started: Started; place: string }) {
  const { welcome } = useWords();
  switch (copy.kind) {
    case 'preparing':
    case 'waits':
      return (
        <>
          <Progress label={welcome.preparing} done={null} />
          <AlreadySafe placeId={started.placeId} />
          <p className="dim">{welcome.mayClose}</p>
        </>
      );
    case 'running':
      return <Running copy={copy} placeId={started.placeId} />;
    case 'safe':
      return <Safe copy={copy} started={started} place={place} />;
    case 'failed':
      return <Failed copy={copy} started={started} />;
  }
}

interface RunningProps {
  readonly copy: Extract<FirstCopy, { kind: 'running' }>;
  readonly placeId: string;
}

function Running({ copy: { job, progress }, placeId }: RunningProps) {
  const { overview, welcome } = useWords();
  const { about, bytes } = useFormats();
  const pace = usePace(job);
  const { bytesDone, totalBytes, current } = progress;
  const speed = bytesPerSecond(pace);
  const left = timeLeft(pace, totalBytes);
  const [from, to] = left === undefined ? ['', ''] : [about(left.fromMs), about(left.toMs)];
  const facts = [
    totalBytes === null ? bytes(bytesDone) : welcome.amount(bytes(bytesDone), bytes(totalBytes)),
    speed === undefined ? '' : welcome.speed(bytes(speed)),
    left === undefined ? '' : from === to ? overview.left(to) : overview.leftBetween(from, to),
  ];
  return (
    <>
      <Progress
        label={welcome.preparing}
        done={totalBytes === null || totalBytes === 0 ? null : Math.min(1, bytesDone / totalBytes)}
      />
      <p className="facts">
        <span>{facts.filter((fact) => fact !== '').join(' · ')}</span>
        {current !== null && <span className="current">{welcome.justNow(showLastName(current))}</span>}
      </p>
      <AlreadySafe placeId={placeId} />
      <p className="dim">{welcome.mayClose}</p>
    </>
  );
}

function Safe({
  copy,
  started,
  place,
}: {
  copy: Extract<FirstCopy, { kind: 'safe' }>;
  started: Started;
  place: string;
}) {
  const { welcome } = useWords();
  const { count } = useFormats();
  return (
    <>
      <p className="done">
        <CircleCheck size={19} strokeWidth={1.8} aria-hidden />
        <span>{copy.troubles === 0 ? welcome.safeAndSound(place) : welcome.safeExcept(place)}</span>
      </p>
      <AlreadySafe placeId={started.placeId} />
      {copy.troubles > 0 && (
        <p className="exceptions">
          <TriangleAlert size={15} strokeWidth={1.7} aria-hidden />{' '}
          {welcome.exceptions(count(copy.troubles), copy.troubles === 1)}{' '}
          <a href="#/activity">{welcome.seeWhich}</a>
        </p>
      )}
      <p className="dim">{welcome.mayCloseDone}</p>
    </>
  );
}

/** One file that could be got back by now, while the rest is still under way as well. */
function AlreadySafe({ placeId }: { placeId: string }) {
  const { calls } = useCore();
  const { welcome } = useWords();
  const mirror = useMirror();
  // The history is read right after each version; then the file can be found.
  const readings = mirror?.jobs.filter(
    ({ kind, state }) => kind === 'readHistory' && state === 'done',
  ).length;
  const { value: example } = useAnswer((signal) => findExample(calls, placeId, signal), [placeId, readings]);
  if (example === undefined || example === null) return null;
  return (
    <p>
      <a href={example.route}>{welcome.couldGetBack(example.label)}</a>
    </p>
  );
}

function Failed({ copy, started }: { copy: Extract<FirstCopy, { kind: 'failed' }>; started: Started }) {
  const { calls } = useCore();
  const { welcome } = useWords();
  const { error } = copy.job;
  return (
    <>
      <p className="refusal" role="alert">
        {error === null
          ? welcome.failedBody
          : `${errorSentences(fromWireError(error as never))} ${welcome.failedBody}`}
      </p>
      <Button
        variant="default"
        onClick={() => void calls['jobs.backUpNow']({ planId: started.planId }).catch(() => undefined)}
      >
        {welcome.tryAgain}
      </Button>
    </>
  );
}
