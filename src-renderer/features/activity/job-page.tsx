/** One job: what it did, why it did not go, and each file that had problems with its reason and what helps. */
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Activity as ActivityIcon, Copy } from 'lucide-react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { restoreOutcome } from '../../parts/restore-outcome.ts';
import { pausedSentence } from '../../parts/restore-words.ts';
import { useCoreSentences, type CoreSentences } from '../../text/core-sentences.ts';
import { jobNames, jobTitle, runningTitle, type JobValue } from '../../text/job-titles.ts';
import { useShowPath, useSpeech, useWords, type Speech } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { NoteBar } from '../../ui/note-bar.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { MendResult } from './mend-result.tsx';
import { RestoreResult } from './restore-result.tsx';
import { affectedBy, numberIn, resultOf, wasBrought } from './view-model.ts';

const MOST_JOBS = 1_000;
const TROUBLE_HEIGHT = 64;
/** So many stand at once; more are reached by scrolling. */
const TROUBLES_IN_SIGHT = 7;

/** Where a place keeps them. */
const SETTINGS = '/tidemark-settings';

type Trouble = Awaited<ReturnType<CoreLink['calls']['jobs.troubles']>>[number];

export function JobPage({ jobId, mirror }: { readonly jobId: string; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { activity: words, frame } = useWords();
  const live = mirror.jobs.find(({ id }) => id === jobId);
  const { kind, value } = useAnswer(
    live === undefined ? () => calls['jobs.list']({ limit: MOST_JOBS, beforeMs: null }) : null,
    [jobId, live === undefined],
  );
  const job = live ?? value?.find(({ id }) => id === jobId);
  if (job !== undefined) return <OneJob job={job} mirror={mirror} />;
  if (kind === 'asking')
    return (
      <PageBody isBusy>
        <Skeleton label={frame.loading} />
      </PageBody>
    );
  return (
    <PageBody>
      <EmptyState
        icon={ActivityIcon}
        title={words.gone}
        action={
          <Button component="a" href="#/activity" variant="default">
            {words.back}
          </Button>
        }
      />
    </PageBody>
  );
}

const TONES = { good: 'good', doneExcept: 'warning', failed: 'danger', active: 'quiet' } as const;

function OneJob({ job, mirror }: { readonly job: JobValue; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const core = useCoreSentences();
  const { words, formats } = useSpeech();
  const { activity } = words;
  const nowMs = useNowMs(job);
  const { ask, isBusy, refusal } = useAsk();
  const result = resultOf(job);
  const names = jobNames(job, mirror);
  const isActive = result === 'active';
  const isResting = job.state === 'paused';
  const request = job.request as Parameters<CoreLink['calls']['jobs.start']>[0] | null;
  const isSourceEmpty = job.error?.code === 'files.sourceEmpty';
  const again = async (isEmptyMeant = false): Promise<void> => {
    if (request === null) return;
    const wish = isEmptyMeant && request.kind === 'backup' ? { ...request, allowEmptySource: true } : request;
    const started = await ask(() => calls['jobs.start'](wish));
    if (started !== undefined) location.hash = `#/activity/${encodeURIComponent(started.value)}`;
  };
  const counts = [
    numberIn(job.result, 'filesNew'),
    numberIn(job.result, 'filesChanged'),
    numberIn(job.result, 'filesUnmodified'),
  ];
  const added = numberIn(job.result, 'bytesAdded');
  return (
    <PageBody className="job-page">
      <PageHead
        title={isActive ? runningTitle(job, names, words) : jobTitle(job, names, words)}
        back={{ href: '#/activity', label: activity.back }}
        note={
          <span className="state">
            <Dot tone={result === null ? 'quiet' : TONES[result]} /> {activity.states[job.state]}
          </span>
        }
        actions={
          isActive ? (
            <>
              {job.state !== 'queued' && (
                <Button
                  variant="default"
                  onClick={() =>
                    void ask(() => calls[isResting ? 'jobs.resume' : 'jobs.pause']({ jobId: job.id }))
                  }
                >
                  {isResting ? activity.resume : activity.rest}
                </Button>
              )}
              <Button
                variant="default"
                onClick={() => void ask(() => calls['jobs.cancel']({ jobId: job.id }))}
              >
                {activity.stop}
              </Button>
            </>
          ) : (
            job.state === 'failed' &&
            job.kind === 'backup' && (
              <>
                {isSourceEmpty && (
                  <Button variant="default" disabled={isBusy} onClick={() => void again(true)}>
                    {activity.emptyIsMeant}
                  </Button>
                )}
                <Button loading={isBusy} onClick={() => void again()}>
                  {activity.again}
                </Button>
              </>
            )
          )
        }
      />
      <Refusal error={refusal} />
      {job.error !== null && <NoteBar tone="danger">{core.wireError(job.error)}</NoteBar>}
      {job.kind === 'restore' && job.endedAtMs !== null && <RestoreResult job={job} />}
      {job.kind === 'mend' && job.endedAtMs !== null && job.error === null && (
        <MendResult job={job} mirror={mirror} />
      )}
      {job.wait !== null && <NoteBar tone="hint">{whyItWaits(job, { core, words, formats })}</NoteBar>}
      <div className="card">
        <Facts
          facts={[
            [activity.by, activity.starters[job.startedBy]],
            [activity.started, formats.fullMoment(job.startedAtMs ?? job.queuedAtMs)],
            ...(job.endedAtMs === null
              ? []
              : [
                  [
                    activity.ended,
                    `${formats.fullMoment(job.endedAtMs)}${
                      job.startedAtMs !== null && job.endedAtMs - job.startedAtMs >= 60_000
                        ? ` · ${activity.lasted(formats.about(job.endedAtMs - job.startedAtMs))}`
                        : ` · ${formats.ago(job.endedAtMs, nowMs)}`
                    }`,
                  ] as const,
                ]),
            ...(counts.every((count) => count !== undefined)
              ? [
                  [
                    activity.counts,
                    activity.countsWords(...(counts.map(formats.count) as [string, string, string])),
                  ] as const,
                ]
              : []),
            ...(wasBrought(job) ? [[activity.broughtTitle, activity.broughtBody] as const] : []),
            ...(added === undefined ? [] : [[activity.added, formats.bytes(added)] as const]),
          ]}
        />
      </div>
      <Affected job={job} />
      {job.troubleCount > 0 && <Troubles job={job} />}
    </PageBody>
  );
}

/** Or, of what the person let rest, how far it is. */
function whyItWaits(
  job: JobValue,
  { core, words, formats }: Pick<Speech, 'words' | 'formats'> & { readonly core: CoreSentences },
): string {
  const { putBack, overview } = words;
  if (job.kind === 'restore' && job.state === 'paused')
    return `${pausedSentence(restoreOutcome([job]), { words: putBack, formats })} ${putBack.waitsForYou}`;
  return job.wait === 'byPerson' ? overview.stopped : core.wait(job.wait ?? '');
}

/** What a proof found damaged: each leads to its versions, of which others may be whole. */
function Affected({ job }: { readonly job: JobValue }) {
  const showPath = useShowPath();
  const { activity: words } = useWords();
  const { paths, count } = affectedBy(job);
  if (count === 0) return null;
  return (
    <Section title={words.affectedTitle(count)} note={words.affectedNote}>
      <div className="card troubles">
        <div
          className="troubles-box"
          style={{ height: Math.min(paths.length, TROUBLES_IN_SIGHT) * TROUBLE_HEIGHT }}
        >
          <VirtualRows
            label={words.affectedTitle(count)}
            count={paths.length}
            rowHeight={TROUBLE_HEIGHT}
            keyOf={String}
            draw={(at) => {
              const { path, versions } = paths[at] ?? { path: '', versions: 0 };
              // Plans and rules, as they travel with the versions: saved again by themselves.
              if (path.startsWith(SETTINGS))
                return (
                  <div className="trouble">
                    <p>
                      <b>{words.affectedSettings}</b>
                      <span>{words.affectedVersions(versions)}</span>
                    </p>
                  </div>
                );
              return (
                <div className="trouble">
                  <p>
                    <b title={showPath(path)}>{showPath(path)}</b>
                    <span>{words.affectedVersions(versions)}</span>
                  </p>
                  <Button
                    component="a"
                    variant="default"
                    size="compact-md"
                    href={`#/history?${new URLSearchParams({
                      ...(job.placeId === null ? {} : { place: job.placeId }),
                      path,
                    }).toString()}`}
                  >
                    {words.toVersions}
                  </Button>
                </div>
              );
            }}
          />
        </div>
      </div>
    </Section>
  );
}

function Troubles({ job }: { readonly job: JobValue }) {
  const { calls } = useCore();
  const { activity: words, frame } = useWords();
  const answer = useAnswer(
    (signal) => calls['jobs.troubles']({ jobId: job.id }, { signal }),
    [job.id, job.troubleCount],
  );
  const troubles = answer.value;
  return (
    <Section
      title={words.troublesTitle}
      note={words.troublesNote}
      actions={
        job.planId !== null && (
          <Button
            component="a"
            variant="default"
            size="compact-md"
            href={`#/folders/${encodeURIComponent(job.planId)}`}
          >
            {words.toPlan}
          </Button>
        )
      }
    >
      <div className="card troubles">
        {answer.kind === 'refused' && <Refusal error={answer.error} />}
        {troubles === undefined && answer.kind !== 'refused' && <Skeleton label={frame.loading} />}
        {troubles?.length === 0 && <p className="quiet">{words.noTroubles}</p>}
        {troubles !== undefined && troubles.length > 0 && (
          <div
            className="troubles-box"
            style={{ height: Math.min(troubles.length, TROUBLES_IN_SIGHT) * TROUBLE_HEIGHT }}
          >
            <VirtualRows
              label={words.troublesTitle}
              count={troubles.length}
              rowHeight={TROUBLE_HEIGHT}
              keyOf={String}
              draw={(at) => <TroubleRow trouble={troubles[at]} />}
            />
          </div>
        )}
      </div>
      {job.planId !== null && <p className="quiet">{words.leaveOut}</p>}
    </Section>
  );
}

function TroubleRow({ trouble }: { readonly trouble: Trouble | undefined }) {
  const showPath = useShowPath();
  const core = useCoreSentences();
  const { activity: words } = useWords();
  if (trouble === undefined) return null;
  const path = showPath(trouble.path);
  const why = core.wireError(trouble.error);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(path);
    notifications.show({ message: words.copied });
  };
  return (
    <div className="trouble">
      <p>
        <b title={path}>{path}</b>
        <span title={why}>{why}</span>
      </p>
      <ActionIcon variant="subtle" color="gray" aria-label={words.copyPath} onClick={() => void copy()}>
        <Copy size={15} strokeWidth={1.7} aria-hidden />
      </ActionIcon>
    </div>
  );
}
