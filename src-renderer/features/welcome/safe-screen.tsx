/** "Safe so far": the first copy as it goes, what happens from now on, and below it the recovery kit. */
import { Button } from '@mantine/core';
import { CircleCheck, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { fromWireError } from '#base/errors.ts';
import { showLastName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { Progress } from '../../ui/progress.tsx';
import { findExample } from './find-example.ts';
import { Stage } from './stage.tsx';
import { firstCopyOf, outlookOf, type Duration, type FirstCopy, type Sample } from './view-model.ts';
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
        <p className="refusal">{welcome.notRemembered(started.notRemembered)}</p>
      )}
      {kit(started.placeId)}
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
      return welcome.soFar(welcome.files(count(copy.files), copy.files === 1));
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
          <p className="dim">{welcome.mayClose}</p>
        </>
      );
    case 'running':
      return <Running copy={copy} />;
    case 'safe':
      return <Safe copy={copy} started={started} place={place} />;
    case 'failed':
      return <Failed copy={copy} started={started} />;
  }
}

function Running({ copy }: { copy: Extract<FirstCopy, { kind: 'running' }> }) {
  const { welcome } = useWords();
  const formats = useFormats();
  const samples = useSamples(copy.bytes);
  const outlook = outlookOf(samples, copy.totalBytes);
  const total = copy.totalBytes;
  const facts = [
    total === null
      ? formats.bytes(copy.bytes)
      : welcome.amount(formats.bytes(copy.bytes), formats.bytes(total)),
    ...(outlook === null ? [] : [welcome.speed(formats.bytes(outlook.bytesPerSecond))]),
    ...(outlook === null || outlook.left === null
      ? []
      : [
          welcome.left(
            welcome.range(
              durationWords(outlook.left.least, welcome, formats.count),
              durationWords(outlook.left.most, welcome, formats.count),
            ),
          ),
        ]),
  ];
  return (
    <>
      <Progress
        label={welcome.preparing}
        done={total === null || total === 0 ? null : Math.min(1, copy.bytes / total)}
      />
      <p className="facts">
        <span>{facts.join(' · ')}</span>
        {copy.current !== null && (
          <span className="current">{welcome.justNow(showLastName(copy.current))}</span>
        )}
      </p>
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
  const { calls } = useCore();
  const { welcome } = useWords();
  const { count } = useFormats();
  const example = useAnswer((signal) => findExample(calls, started.placeId, signal), [copy.jobId]);
  return (
    <>
      <p className="done">
        <CircleCheck size={19} strokeWidth={1.8} aria-hidden />
        <span>
          {welcome.safeAndSound} <span className="dim">{welcome.at(place)}</span>
        </span>
      </p>
      {example.value !== undefined && example.value !== null && (
        <p>
          <a href={example.value.route}>{welcome.couldGetBack(example.value.label)}</a>
        </p>
      )}
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

/** Enough to tell the last stretch from the whole. */
const MOST_SAMPLES = 60;

function useSamples(bytes: number): readonly Sample[] {
  const samples = useRef<Sample[]>([]);
  useEffect(() => {
    const nowMs = Date.now();
    const last = samples.current.at(-1);
    if (last !== undefined && nowMs - last.atMs < 500) return;
    samples.current = [...samples.current, { atMs: nowMs, bytes }].slice(-MOST_SAMPLES);
  }, [bytes]);
  return samples.current;
}

function durationWords(
  { unit, count }: Duration,
  welcome: ReturnType<typeof useWords>['welcome'],
  format: (value: number) => string,
): string {
  return unit === 'lessThanAMinute' ? welcome.lessThanAMinute : welcome[unit](format(count), count === 1);
}
