/** The editor of a plan: the tree of what is copied at the left, the sentences about it at the right, saving at the bottom. */
import { Button, Checkbox, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { choicesOf, type PlanChoices, type PlanValue } from '../../core-link/plan-choices.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useWords } from '../../text/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dot } from '../../ui/dot.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { CommandsSection } from './commands-section.tsx';
import { dropDraft, putDraft, useDrafts } from './draft-store.ts';
import type { EditorPartProps } from './editor-part.ts';
import { useLoss } from './keep-loss.tsx';
import { KeepSection } from './keep-section.tsx';
import { LeftOutSection } from './left-out-section.tsx';
import { PlanEnd } from './plan-end.tsx';
import { SourceTree } from './source-tree.tsx';
import { newChoices } from './view-model.ts';
import { ConditionsSection, WhenSection } from './when-section.tsx';

export interface PlanEditorProps {
  /** Null: a new one. */
  readonly plan: PlanValue | null;
  readonly mirror: Mirror;
}

export function PlanEditor({ plan, mirror }: PlanEditorProps) {
  const { calls } = useCore();
  const { folders: words } = useWords();
  const nowMs = useNowMs();
  const key = plan?.id ?? 'new';
  const [saved] = useSaved(plan, mirror, words.newName);
  const draft = useDrafts(({ drafts }) => drafts[key]);
  const choices = draft ?? saved;
  const isChanged = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(saved);
  const change = (next: PlanChoices): void => putDraft(key, next);
  const { value: info } = useAnswer((signal) => calls['app.info']({}, { signal }), []);
  const { ask, isBusy, refusal } = useAsk();
  const [isAsked, setAsked] = useState(false);
  const newest = mirror.health.copies.find(({ planId }) => planId === plan?.id)?.newestAtMs;
  const loss = useLoss(plan?.id ?? null, plan?.placeIds ?? [], choices.retention, newest);
  const isRuleChanged = JSON.stringify(choices.retention) !== JSON.stringify(saved.retention);
  const removes = loss?.kind === 'known' ? loss.removes : 0;
  const missing =
    choices.folders.length === 0 ? words.needsFolder : choices.name.trim() === '' ? words.needsName : null;

  const save = async (): Promise<void> => {
    setAsked(false);
    const done = await ask(() =>
      calls['plans.put']({ id: plan?.id ?? null, choices: { ...choices, name: choices.name.trim() } }),
    );
    if (done === undefined) return;
    dropDraft(key);
    notifications.show({ message: words.saved(done.value.name) });
    if (plan === null) location.hash = `#/folders/${encodeURIComponent(done.value.id)}`;
  };
  return (
    <PageBody className="plan-editor" isWide>
      <PageHead
        title={plan?.name ?? words.newTitle}
        back={{ href: '#/folders', label: words.back }}
        actions={
          <Switch
            label={words.isOn}
            checked={choices.isOn}
            onChange={({ currentTarget }) => change({ ...choices, isOn: currentTarget.checked })}
          />
        }
      />
      <div className="columns">
        <div className="column">
          <TextInput
            label={words.name}
            value={choices.name}
            maxLength={200}
            onChange={({ currentTarget }) => change({ ...choices, name: currentTarget.value })}
          />
          <SourceTree choices={choices} platform={info?.platform ?? ''} onChange={change} />
          <LeftOutSection choices={choices} onChange={change} />
        </div>
        <div className="column">
          <WhereSection choices={choices} onChange={change} mirror={mirror} />
          <WhenSection choices={choices} onChange={change} />
          <ConditionsSection choices={choices} onChange={change} />
          <KeepSection choices={choices} onChange={change} nowMs={nowMs} loss={loss} />
          <CommandsSection choices={choices} onChange={change} />
          {plan !== null && <PlanEnd plan={plan} nowMs={nowMs} />}
        </div>
      </div>
      {(isChanged || plan === null) && (
        <div className="save-bar" role="group" aria-label={words.unsaved}>
          <p>{missing ?? words.unsaved}</p>
          <Refusal error={refusal} />
          <Button variant="default" onClick={() => dropDraft(key)} disabled={draft === undefined}>
            {words.discard}
          </Button>
          <Button
            loading={isBusy}
            disabled={missing !== null}
            onClick={() => {
              if (isRuleChanged && removes > 0) setAsked(true);
              else void save();
            }}
          >
            {plan === null ? words.saveNew : words.save}
          </Button>
        </div>
      )}
      {isAsked && (
        <ConfirmDialog
          title={words.saveLossTitle(removes)}
          confirmLabel={words.saveLoss}
          cancelLabel={words.cancel}
          closeLabel={words.close}
          isDanger
          onConfirm={() => void save()}
          onClose={() => setAsked(false)}
        >
          <p>{words.saveLossBody}</p>
          <p>{words.previewWarning}</p>
        </ConfirmDialog>
      )}
    </PageBody>
  );
}

/** What is saved now; of a new plan what it begins with, the same for as long as this page stands. */
function useSaved(plan: PlanValue | null, mirror: Mirror, newName: string): readonly [PlanChoices] {
  const [fresh] = useState(() =>
    newChoices(
      newName,
      mirror.places.map(({ id }) => id),
    ),
  );
  return [plan === null ? fresh : choicesOf(plan)];
}

function WhereSection({ choices, onChange, mirror }: EditorPartProps & { readonly mirror: Mirror }) {
  const { folders: words } = useWords();
  return (
    <Section
      title={words.where}
      isCard
      actions={
        <Button component="a" href="#/places/new" variant="subtle" size="compact-sm">
          {words.addPlace}
        </Button>
      }
    >
      <div className="ticks">
        {mirror.places.length === 0 && <p className="quiet">{words.noPlaces}</p>}
        {mirror.places.map(({ id, name, presence }) => (
          <Checkbox
            key={id}
            label={
              <span className="place">
                {name}
                {presence === 'absent' && (
                  <span className="quiet">
                    <Dot tone="warning" /> {words.placeAway}
                  </span>
                )}
              </span>
            }
            checked={choices.placeIds.includes(id)}
            onChange={({ currentTarget }) =>
              onChange({
                ...choices,
                placeIds: currentTarget.checked
                  ? [...choices.placeIds, id]
                  : choices.placeIds.filter((each) => each !== id),
              })
            }
          />
        ))}
      </div>
    </Section>
  );
}
