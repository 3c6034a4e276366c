/**
 * A guided restore of one harmless file into a folder of its own: what a person has done once, they can do when it matters.
 * It goes through the same job as every putting back, so it proves as much.
 */
import { Button } from '@mantine/core';
import { CircleCheck, FileSearch, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { findExample, type Example } from '../../parts/find-example.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { restoreOutcome, undoOutcome } from '../../parts/restore-outcome.ts';
import type { JobValue } from '../../text/job-titles.ts';
import { useFormats, useShowPath, useWords } from '../../text/use-words.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import './trial.css';

export function TrialPage() {
  const mirror = useMirror();
  const { trial, frame } = useWords();
  return (
    <PageBody className="trial-page" isBusy={mirror === undefined}>
      <PageHead title={trial.title} note={trial.lead} back={{ href: '#/', label: frame.overview }} />
      {mirror !== undefined && <Trial mirror={mirror} />}
    </PageBody>
  );
}

interface Chosen extends Example {
  readonly placeId: string;
}

function Trial({ mirror }: { readonly mirror: Mirror }) {
  const { calls, home } = useCore();
  const { trial } = useWords();
  const showPath = useShowPath();
  const placeIds = mirror.places.filter(({ presence }) => presence !== 'absent').map(({ id }) => id);
  const [job, setJob] = useState<JobValue>();
  const { ask, isBusy, refusal } = useAsk();
  const example = useAnswer(
    async (signal): Promise<Chosen | null> => {
      for (const placeId of placeIds) {
        const found = await findExample(calls, placeId, signal);
        if (found?.snapshotId !== undefined) return { ...found, placeId };
      }
      return null;
    },
    [placeIds.join()],
  );
  if (example.kind === 'asking' && example.value === undefined)
    return <Skeleton label={trial.looking} lines={2} />;
  const chosen = example.value ?? undefined;
  if (chosen === undefined || typeof home !== 'string')
    return <NothingYet hasPlans={mirror.plans.length > 0} />;
  const target = `${home}/${trial.folder}`;
  const begin = async (): Promise<void> => {
    const ended = await ask(async () => {
      const { placeId, snapshotId = '', path } = chosen;
      const ask = { placeId, snapshotId, paths: [path], target, rule: 'keep-both' as const };
      const jobId = await calls['jobs.start']({ kind: 'restore', ...ask });
      return calls['jobs.wait']({ jobId });
    });
    if (ended !== undefined) setJob(ended.value);
  };
  if (job !== undefined) return <Ended job={job} chosen={chosen} target={target} />;
  return (
    <section className="card">
      <Refusal error={refusal} />
      <h2>{trial.chosen(chosen.label, showPath(parentOf(chosen.path)))}</h2>
      <p>{trial.goesTo(showPath(target))}</p>
      {isBusy && <Progress label={trial.underWay} done={null} />}
      <div className="buttons">
        <Button loading={isBusy} onClick={() => void begin()}>
          {trial.begin(chosen.label)}
        </Button>
        <Button component="a" href={chosen.route} variant="default">
          {trial.other}
        </Button>
      </div>
    </section>
  );
}

function NothingYet({ hasPlans }: { readonly hasPlans: boolean }) {
  const { trial, overview } = useWords();
  return (
    <EmptyState
      icon={FileSearch}
      title={trial.nothing}
      action={
        hasPlans ? undefined : (
          <Button component="a" href="#/welcome">
            {overview.emptyAction}
          </Button>
        )
      }
    >
      {hasPlans ? trial.nothingYet : overview.emptyBody}
    </EmptyState>
  );
}

interface EndedProps {
  readonly job: JobValue;
  readonly chosen: Chosen;
  readonly target: string;
}

function Ended({ job, chosen, target }: EndedProps) {
  const { calls } = useCore();
  const { trial } = useWords();
  const formats = useFormats();
  const showPath = useShowPath();
  const { ask, isBusy, refusal } = useAsk();
  const [isGone, setGone] = useState(false);
  const { undos, state, inPlace } = restoreOutcome([job]);
  if (state !== 'done' || inPlace === 0)
    return (
      <section className="card" role="alert">
        <h2>
          <TriangleAlert size={20} strokeWidth={1.8} aria-hidden /> {trial.failed}
        </h2>
        <div className="buttons">
          <Button component="a" href={`#/activity/${encodeURIComponent(job.id)}`}>
            {trial.see}
          </Button>
        </div>
      </section>
    );
  const takeAway = async (): Promise<void> => {
    const taken = await ask(async () => {
      const jobs: JobValue[] = [];
      for (const undo of undos) {
        const jobId = await calls['jobs.start']({ kind: 'undo', ...undo });
        jobs.push(await calls['jobs.wait']({ jobId }));
      }
      return undoOutcome(jobs);
    });
    if (taken !== undefined && !taken.value.hasFailed) setGone(true);
  };
  const seconds = Math.max(1, Math.round(((job.endedAtMs ?? 0) - (job.startedAtMs ?? 0)) / 1000));
  return (
    <section className="card" role="status">
      <h2>
        <CircleCheck size={20} strokeWidth={1.8} aria-hidden />{' '}
        {trial.done(chosen.label, formats.count(seconds), seconds === 1)}
      </h2>
      <Refusal error={refusal} />
      <p>{isGone ? trial.takenAway : trial.doneBody(showPath(target))}</p>
      <div className="buttons">
        <Button component="a" href="#/">
          {trial.toOverview}
        </Button>
        <Button component="a" href={chosen.route} variant="default">
          {trial.toHistory}
        </Button>
        {!isGone && undos.length > 0 && (
          <Button variant="subtle" color="gray" loading={isBusy} onClick={() => void takeAway()}>
            {trial.takeAway}
          </Button>
        )}
      </div>
    </section>
  );
}

function parentOf(path: Example['path']): Example['path'] {
  return typeof path === 'string' ? path.slice(0, path.lastIndexOf('/')) || '/' : path;
}
