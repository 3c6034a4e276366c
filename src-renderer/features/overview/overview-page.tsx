/** The overview: how things stand in one sentence, problems first, then a card per plan. */
import { useEffect, useMemo, useState } from 'react';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Progress } from '../../ui/progress.tsx';
import { createOverviewActions, type OverviewActions } from './actions.ts';
import { overviewView, type JobView, type OverviewView, type PlanView } from './view-model.ts';
import './overview.css';

/** "4 minutes ago" goes on without news from the core. */
const REFRESH_MS = 30_000;

export function OverviewPage() {
  const core = useCore();
  const mirror = useMirror();
  const nowMs = useNowMs(mirror);
  const actions = useMemo(() => createOverviewActions(core), [core]);
  const [refusal, setRefusal] = useState<string>();
  if (mirror === undefined)
    return <div className="overview skeleton" aria-busy="true" aria-label="Loading" />;
  const view = overviewView(mirror, nowMs);
  const ask = (asked: Promise<string | undefined>): void => {
    void asked.then(setRefusal);
  };
  return (
    <div className="overview">
      <Headline view={view} actions={actions} nowMs={nowMs} ask={ask} />
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {view.running !== null && <RunningJob job={view.running} actions={actions} ask={ask} />}
      {view.problems.length > 0 && (
        <section aria-label="What needs you">
          {view.problems.map(({ key, tone, title, safe, todo }) => (
            <article className={`card problem ${tone}`} key={key}>
              <Dot tone={tone} />
              <div>
                <h3>{title}</h3>
                <p>{[safe, todo].filter((part) => part !== '').join(' ')}</p>
              </div>
            </article>
          ))}
        </section>
      )}
      <section aria-label="Protected folders">
        <h2>Protected folders</h2>
        {view.plans.length === 0 ? (
          <p className="card empty">
            Nothing is protected yet. Choosing folders in this window comes with a later release.
          </p>
        ) : (
          view.plans.map((plan) => <PlanCard key={plan.id} plan={plan} actions={actions} ask={ask} />)
        )}
      </section>
    </div>
  );
}

interface Asking {
  readonly actions: OverviewActions;
  ask(asked: Promise<string | undefined>): void;
}

function Headline({ view, actions, ask, nowMs }: Asking & { view: OverviewView; nowMs: number }) {
  return (
    <header className="headline">
      <Dot tone={view.tone} isLarge />
      <div className="words">
        <h1>{view.sentence}</h1>
        <p>{view.paused ?? view.next}</p>
      </div>
      <div className="buttons">
        {view.paused === null ? (
          <Button onClick={() => ask(actions.pauseForAnHour(nowMs))} isEnabled={view.plans.length > 0}>
            Pause for 1 hour
          </Button>
        ) : (
          <Button onClick={() => ask(actions.goOn())}>Go on</Button>
        )}
        <Button onClick={() => ask(actions.backUp(null))} isEnabled={view.canBackUp} isPrimary>
          Back up now
        </Button>
      </div>
    </header>
  );
}

function RunningJob({ job, actions, ask }: Asking & { job: JobView }) {
  return (
    <section className="card running" aria-label="Under way">
      <div>
        <h3>{job.title}</h3>
        <p>{job.detail}</p>
      </div>
      <Progress label={job.title} done={job.done} />
      <Button onClick={() => ask(actions.cancel(job.id))}>Stop</Button>
    </section>
  );
}

function PlanCard({ plan, actions, ask }: Asking & { plan: PlanView }) {
  return (
    <article className="card plan" aria-label={plan.name}>
      <div className="top">
        <div>
          <h3>{plan.name}</h3>
          <p className="folders" title={plan.folders}>
            {plan.folders}
          </p>
        </div>
        <span className={`state ${plan.tone}`}>
          <Dot tone={plan.tone} /> {plan.state}
        </span>
        <Button
          onClick={() => ask(actions.backUp(plan.id))}
          isEnabled={plan.canBackUp}
          label={`Back up ${plan.name} now`}
        >
          Back up now
        </Button>
      </div>
      <ul className="copies">
        {plan.copies.map((copy) => (
          <li key={copy.placeId}>
            <Dot tone={copy.tone} /> <b>{copy.place}</b> <span>{copy.words}</span>
          </li>
        ))}
        {plan.copies.length === 0 && <li>No backup place is chosen for it.</li>}
        {plan.next !== '' && <li className="next">{plan.next}</li>}
      </ul>
    </article>
  );
}

/** Now, anew with every change of `news` and every half minute. */
function useNowMs(news: unknown): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const look = (): void => setNowMs(Date.now());
    look();
    const timer = setInterval(look, REFRESH_MS);
    return () => clearInterval(timer);
  }, [news]);
  return nowMs;
}
