/** What was put back here in the last 30 days, each to be taken back, and what was taken back to be put back again. */
import { Button, UnstyledButton } from '@mantine/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { asksOf } from '../../../parts/restore-outcome.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { useRestoring } from './use-restore-deeds.tsx';

export function EarlierRestores() {
  const { putBack: words } = useWords();
  const { source } = useHistory();
  const [isOpen, setIsOpen] = useState(false);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  if (source === undefined) return null;
  return (
    <div className="earlier">
      <UnstyledButton aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Chevron size={15} strokeWidth={1.7} aria-hidden /> {words.earlier}
      </UnstyledButton>
      {isOpen && <List folder={source.topFolder} />}
    </div>
  );
}

/** Of all of them, those that put back here are looked for. */
const JOBS_LOOKED_AT = 1_000;

function List({ folder }: { folder: WirePath }) {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const { undo, againOf } = useRestoring();
  const listed = useAnswer(
    async (signal) => {
      const records = await calls['undo.list']({ folder }, { signal });
      const jobs =
        records.length === 0
          ? []
          : await calls['jobs.list']({ limit: JOBS_LOOKED_AT, beforeMs: null }, { signal });
      return records.map((record) => ({ ...record, asks: asksOf(record.undoId, jobs) }));
    },
    [folder],
  );
  const nowMs = useNowMs(listed.value);
  if (listed.kind === 'refused') return <p role="alert">{say.error(listed.error)}</p>;
  if (listed.value === undefined) return null;
  if (listed.value.length === 0) return <p className="hint">{words.noEarlier}</p>;
  return (
    <ul>
      {listed.value.map(({ undoId, state, startedAtMs, expiresAtMs, asks }) => {
        const stateWords: Readonly<Record<string, string>> = words.states;
        const again = state === 'undone' ? againOf(asks) : undefined;
        const deed = again ?? (() => undo({ asks, undos: [{ folder, undoId }] }));
        const isOver = state === 'running' || (state === 'undone' && again === undefined);
        return (
          <li key={undoId}>
            <span>
              {words.earlierLine(formats.moment(startedAtMs, nowMs), formats.day(expiresAtMs, nowMs))}{' '}
              {stateWords[state] ?? ''}
            </span>
            {!isOver && (
              <Button
                variant="default"
                size="compact-sm"
                onClick={() => void deed().then(listed.again, listed.again)}
              >
                {again === undefined ? words.undo : words.putBackAgain}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
