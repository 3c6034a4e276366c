/** `#/folders`: all plans with what they do in one sentence each; below it the editor of one, or of a new one. */
import { Button } from '@mantine/core';
import { Folder, Plus } from 'lucide-react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useMirror } from '../../core-link/use-core.ts';
import { choicesOf, type PlanValue } from '../../core-link/plan-choices.ts';
import { useShowPath, useSpeech, useWords } from '../../text/use-words.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { PlanEditor } from './plan-editor.tsx';
import { keepSentence, whenSentence } from './view-model.ts';
import './folders.css';

/** @param which none: the list; `new`; else the id of a plan */
export function FoldersPage({ which }: { readonly which: string | undefined }) {
  const mirror = useMirror();
  const { folders: words, frame } = useWords();
  if (mirror === undefined)
    return (
      <PageBody isBusy>
        <Skeleton label={frame.loading} />
      </PageBody>
    );
  if (which === undefined) return <PlanList mirror={mirror} />;
  if (which === 'new') return <PlanEditor plan={null} mirror={mirror} />;
  const plan = mirror.plans.find(({ id }) => id === which);
  if (plan !== undefined) return <PlanEditor key={which} plan={plan} mirror={mirror} />;
  return (
    <PageBody>
      <EmptyState
        icon={Folder}
        title={words.gone}
        action={
          <Button component="a" href="#/folders" variant="default">
            {words.back}
          </Button>
        }
      />
    </PageBody>
  );
}

function PlanList({ mirror }: { readonly mirror: Mirror }) {
  const { folders: words } = useWords();
  const { plans } = mirror;
  return (
    <PageBody className="folders">
      <PageHead
        title={words.title}
        note={words.note}
        actions={
          plans.length > 0 && (
            <Button
              component="a"
              href="#/folders/new"
              leftSection={<Plus size={17} strokeWidth={1.7} aria-hidden />}
            >
              {words.add}
            </Button>
          )
        }
      />
      {plans.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={Folder}
            title={words.emptyTitle}
            action={
              <Button component="a" href="#/welcome">
                {words.emptyAction}
              </Button>
            }
          >
            {words.emptyBody}
          </EmptyState>
        </div>
      ) : (
        <ul className="plan-list">
          {plans.map((plan) => (
            <PlanRow key={plan.id} plan={plan} mirror={mirror} />
          ))}
        </ul>
      )}
    </PageBody>
  );
}

function PlanRow({ plan, mirror }: { readonly plan: PlanValue; readonly mirror: Mirror }) {
  const speech = useSpeech();
  const showPath = useShowPath();
  const { folders: words } = speech.words;
  const choices = choicesOf(plan);
  const places = plan.placeIds.flatMap((id) => mirror.places.find((each) => each.id === id)?.name ?? []);
  return (
    <li>
      <a className="card plan-row" href={`#/folders/${encodeURIComponent(plan.id)}`}>
        <b>
          {plan.name}
          {!plan.isOn && <span className="quiet"> · {words.off}</span>}
        </b>
        <span className="paths">{plan.folders.map(showPath).join(', ')}</span>
        <span className="quiet">
          {places.length === 0 ? words.noPlace : words.to(speech.formats.list(places))}
        </span>
        <span className="quiet">{whenSentence(choices, speech)}</span>
        <span className="quiet">{keepSentence(choices, speech)}</span>
      </a>
    </li>
  );
}
