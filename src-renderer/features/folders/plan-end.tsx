/** Holding a plan for a while, and ending it. What was saved stays either way. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import type { PlanValue } from '../../core-link/plan-choices.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useWords } from '../../text/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Section } from '../../ui/section.tsx';
import { dropDraft } from './draft-store.ts';

const MORNING_HOUR = 6;

export function PlanEnd({ plan, nowMs }: { readonly plan: PlanValue; readonly nowMs: number }) {
  const { calls } = useCore();
  const core = useCoreSentences();
  const { folders: words } = useWords();
  const { ask, isBusy, refusal } = useAsk();
  const [isAsked, setAsked] = useState(false);
  const planId = plan.id;
  const pausedUntilMs = plan.pause !== null && plan.pause.untilMs > nowMs ? plan.pause.untilMs : null;
  const remove = async (): Promise<void> => {
    const done = await ask(() => calls['plans.remove']({ planId }));
    if (done === undefined) return;
    dropDraft(planId);
    notifications.show({ message: words.removed(plan.name) });
    location.hash = '#/folders';
  };
  return (
    <>
      <Section
        title={
          pausedUntilMs === null ? words.pauseTitle : words.pausedUntil(core.until(pausedUntilMs, nowMs))
        }
        note={words.pauseNote}
        actions={
          <Button
            variant="default"
            onClick={() =>
              void ask(() =>
                calls['plans.pause']({
                  planId,
                  untilMs: pausedUntilMs === null ? tomorrowMs(nowMs) : null,
                }),
              )
            }
          >
            {pausedUntilMs === null ? words.pauseDay : words.goOn}
          </Button>
        }
      >
        <Refusal error={refusal} />
      </Section>
      <Section
        title={words.remove}
        note={words.removeNote}
        actions={
          <Button variant="default" onClick={() => setAsked(true)}>
            {words.remove}
          </Button>
        }
      >
        {isAsked && (
          <ConfirmDialog
            title={words.removeAsk(plan.name)}
            confirmLabel={words.remove}
            cancelLabel={words.cancel}
            closeLabel={words.close}
            isDanger
            isBusy={isBusy}
            onConfirm={() => void remove()}
            onClose={() => setAsked(false)}
          >
            <p>{words.removeNote}</p>
            <Refusal error={refusal} />
          </ConfirmDialog>
        )}
      </Section>
    </>
  );
}

function tomorrowMs(nowMs: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR).getTime();
}
