/** The overview: how things stand in one sentence, problems first, then a card per plan, the last weeks and the space. */
import { Button, Menu } from '@mantine/core';
import { ChevronDown, Folder } from 'lucide-react';
import { useMemo } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useSpeech, useWords } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageBody } from '../../ui/page.tsx';
import { Progress } from '../../ui/progress.tsx';
import { RestingButton } from '../../ui/resting-button.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { createOverviewActions, type OverviewActions } from './actions.ts';
import { CalendarStrip } from './calendar-strip.tsx';
import { PlanCard } from './plan-card.tsx';
import { SpacePanel } from './space-panel.tsx';
import { useTimeLeft } from '../../parts/use-time-left.ts';
import { overviewView, shownJob, type JobView, type OverviewView, type ProblemView } from './view-model.ts';
import './overview.css';

export function OverviewPage() {
  const mirror = useMirror();
  const { frame } = useWords();
  return (
    <PageBody className="overview" isBusy={mirror === undefined}>
      {mirror === undefined ? <Skeleton label={frame.loading} lines={5} /> : <Overview mirror={mirror} />}
    </PageBody>
  );
}

function Overview({ mirror }: { readonly mirror: Mirror }) {
  const core = useCore();
  const speech = useSpeech();
  const { overview } = speech.words;
  const nowMs = useNowMs(mirror);
  const actions = useMemo(() => createOverviewActions(core), [core]);
  const { ask, refusal } = useAsk();
  const left = useTimeLeft(shownJob(mirror));
  const view = overviewView(mirror, nowMs, speech, left);
  const act = (asked: (actions: OverviewActions) => Promise<unknown>): void => {
    void ask(() => asked(actions));
  };
  return (
    <>
      <Headline view={view} nowMs={nowMs} act={act} />
      <Refusal error={refusal} />
      {view.running !== null && <RunningJob job={view.running} act={act} />}
      {view.problems.length > 0 && (
        <section className="problems" aria-label={overview.needsYou}>
          {view.problems.map((problem) => (
            <ProblemCard
              key={problem.key}
              problem={problem}
              onMend={(mend) => act(({ mend: go }) => go(mend, mirror))}
              onDismiss={() => act(({ dismiss }) => dismiss(problem.key))}
            />
          ))}
        </section>
      )}
      {view.plans.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={Folder}
            title={overview.emptyTitle}
            action={
              <Button component="a" href="#/welcome">
                {overview.emptyAction}
              </Button>
            }
          >
            {overview.emptyBody}
          </EmptyState>
        </div>
      ) : (
        <>
          <Section title={overview.protectedFolders}>
            <div className="plans">
              {view.plans.map((plan) => (
                <PlanCard key={plan.id} plan={plan} onBackUp={() => act(({ backUp }) => backUp(plan.id))} />
              ))}
            </div>
          </Section>
          <CalendarStrip mirror={mirror} nowMs={nowMs} />
          <SpacePanel mirror={mirror} nowMs={nowMs} />
        </>
      )}
    </>
  );
}

interface Acting {
  act(asked: (actions: OverviewActions) => Promise<unknown>): void;
}

function Headline({ view, nowMs, act }: Acting & { readonly view: OverviewView; readonly nowMs: number }) {
  const { overview } = useWords();
  return (
    <header className="headline">
      <Dot tone={view.tone} isLarge />
      <div className="words">
        <h1>{view.sentence}</h1>
        <p>{view.paused ?? view.next}</p>
      </div>
      <div className="buttons">
        {view.paused === null ? (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                variant="default"
                disabled={view.plans.length === 0}
                rightSection={<ChevronDown size={15} strokeWidth={1.7} aria-hidden />}
              >
                {overview.pause}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => act(({ pauseForAnHour }) => pauseForAnHour(nowMs))}>
                {overview.pauseHour}
              </Menu.Item>
              <Menu.Item onClick={() => act(({ pauseUntilTomorrow }) => pauseUntilTomorrow(nowMs))}>
                {overview.pauseTomorrow}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : (
          <Button variant="default" onClick={() => act(({ goOn }) => goOn())}>
            {overview.goOn}
          </Button>
        )}
        <RestingButton isResting={!view.canBackUp} onClick={() => act(({ backUp }) => backUp(null))}>
          {overview.backUpNow}
        </RestingButton>
      </div>
    </header>
  );
}

function RunningJob({ job, act }: Acting & { readonly job: JobView }) {
  const { overview } = useWords();
  const restOrGoOn = job.isResting ? overview.resume : overview.rest;
  return (
    <section className="card running" aria-label={overview.underWay}>
      <div className="words">
        <h2>{job.title}</h2>
        <p>{job.detail}</p>
      </div>
      <Progress label={job.title} done={job.done} />
      <div className="buttons">
        {/* Told apart by name from the pause of everything. */}
        <Button
          variant="default"
          aria-label={overview.ofJob(restOrGoOn, job.title)}
          onClick={() => act(({ rest, resume }) => (job.isResting ? resume(job.id) : rest(job.id)))}
        >
          {restOrGoOn}
        </Button>
        <Button
          variant="default"
          aria-label={overview.ofJob(overview.stop, job.title)}
          onClick={() => act(({ cancel }) => cancel(job.id))}
        >
          {overview.stop}
        </Button>
      </div>
    </section>
  );
}

function ProblemCard({
  problem: { tone, title, safe, todo, mend, more, dismissal },
  onMend,
  onDismiss,
}: {
  readonly problem: ProblemView;
  onMend(mend: NonNullable<ProblemView['mend']>): void;
  onDismiss(): void;
}) {
  return (
    <article className={`card problem ${tone}`}>
      <Dot tone={tone} />
      <div className="words">
        <h2>{title}</h2>
        <p>{[safe, todo].filter((part) => part !== '').join(' ')}</p>
      </div>
      <div className="buttons">
        {more !== undefined && (
          <Button component="a" variant="subtle" color="gray" href={more.href}>
            {more.label}
          </Button>
        )}
        {dismissal !== undefined && (
          <Button variant="subtle" color="gray" onClick={onDismiss}>
            {dismissal}
          </Button>
        )}
        {mend?.kind === 'go' && (
          <Button component="a" variant="default" href={mend.href}>
            {mend.label}
          </Button>
        )}
        {mend !== undefined && mend.kind !== 'go' && (
          <Button variant="default" onClick={() => onMend(mend)}>
            {mend.label}
          </Button>
        )}
      </div>
    </article>
  );
}
