/** How long versions are kept: the rule in sentences, a picture of what stays, and what a change would let go. */
import { ActionIcon, Button } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useFormats, useSpeech, useWords } from '../../text/use-words.ts';
import { Section } from '../../ui/section.tsx';
import { WordChoice, WordNumber } from '../../ui/word-choice.tsx';
import { RetentionPicture } from './keep-picture.tsx';
import type { EditorPartProps } from './editor-part.ts';
import {
  durationsOf,
  nextEvery,
  span,
  toLines,
  toRetention,
  USUAL_LINES,
  withEvery,
  type Duration,
  type Every,
  type KeepLine,
  type SpanUnit,
} from './retention-lines.ts';
import { RetentionLoss, type Loss } from './keep-loss.tsx';
import { durationWords } from './view-model.ts';

const EVERY: readonly Every[] = ['version', 'hour', 'day', 'week', 'month', 'year', 'newest'];
const SPAN_UNITS: readonly SpanUnit[] = ['hours', 'days', 'months', 'years'];

export interface KeepSectionProps extends EditorPartProps {
  readonly nowMs: number;
  /** Undefined: nothing is asked, or not told yet. */
  readonly loss: Loss | undefined;
}

export function KeepSection({ choices, onChange, nowMs, loss }: KeepSectionProps) {
  const { folders: words } = useWords();
  const lines = toLines(choices.retention);
  const put = (next: readonly KeepLine[]): void =>
    onChange({ ...choices, retention: toRetention(next, choices.retention) });
  return (
    <Section title={words.keep} note={words.keepNote} isCard>
      <div className="keep">
        <div>
          {lines.length === 0 && <p>{words.keepAll}</p>}
          {lines.map((line, at) => (
            <div className="word-sentence" key={`${at} ${line.every}`}>
              {words.keepWord}
              <LineWords
                line={line}
                onChange={(next) => put(lines.map((each, other) => (other === at ? next : each)))}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={words.removeLine}
                onClick={() => put(lines.filter((_, other) => other !== at))}
              >
                <X size={15} strokeWidth={1.7} aria-hidden />
              </ActionIcon>
            </div>
          ))}
          <div className="word-sentence">
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<Plus size={15} strokeWidth={1.7} aria-hidden />}
              onClick={() => {
                const every = nextEvery(lines);
                put([...lines, withEvery({ every, lasts: span('days', 30) }, every)]);
              }}
            >
              {words.addRule}
            </Button>
            {lines.length === 0 && (
              <Button variant="subtle" size="compact-sm" onClick={() => put(USUAL_LINES)}>
                {words.useUsual}
              </Button>
            )}
          </div>
        </div>
        <RetentionPicture lines={lines} nowMs={nowMs} loss={loss} />
        {loss !== undefined && <RetentionLoss loss={loss} nowMs={nowMs} />}
      </div>
    </Section>
  );
}

interface LineWordsProps {
  readonly line: KeepLine;
  readonly onChange: (line: KeepLine) => void;
}

/** One of several parts or in another unit than the editor's: shown as it is, and changed by choosing anew. */
const OTHER = 'other';

function LineWords({ line, onChange }: LineWordsProps) {
  const speech = useSpeech();
  const formats = useFormats();
  const { folders: words } = speech.words;
  const { every, lasts } = line;
  const amount = amountOf(lasts);
  const unit = unitOf(lasts);
  const allowed = durationsOf(every);
  const options = [
    ...(allowed.includes('span')
      ? SPAN_UNITS.map((value) => ({
          value: value as string,
          label: amount === 1 ? words.one[value] : words.units[value],
        }))
      : []),
    ...(allowed.includes('ever') ? [{ value: 'ever', label: words.ever }] : []),
    ...(allowed.includes('count') ? [{ value: 'count', label: words.versions }] : []),
    ...(unit === OTHER ? [{ value: OTHER, label: durationWords(lasts, speech) }] : []),
  ];
  return (
    <>
      <WordChoice
        label={words.keepEvery}
        value={every}
        options={EVERY.map((value) => ({ value, label: words.every[value] }))}
        onChange={(next) => onChange(withEvery(line, next))}
      />
      {every !== 'newest' && words.keepFor}
      {amount !== undefined && (
        <WordNumber
          label={`${words.keepDuration}: ${formats.count(amount)}`}
          value={amount}
          onChange={(next) => onChange({ every, lasts: lastsOf(unit, next, lasts) })}
        />
      )}
      {every === 'newest' ? (
        words.versions
      ) : (
        <WordChoice
          label={words.keepDuration}
          value={unit}
          options={options}
          onChange={(next) => onChange({ every, lasts: lastsOf(next, amount ?? 12, lasts) })}
        />
      )}
    </>
  );
}

function amountOf(lasts: Duration): number | undefined {
  if (lasts.kind === 'count') return lasts.count;
  return lasts.kind === 'span' && lasts.parts.length === 1 ? lasts.parts[0]?.[1] : undefined;
}

function unitOf(lasts: Duration): string {
  if (lasts.kind !== 'span') return lasts.kind;
  return lasts.parts.length === 1 ? (lasts.parts[0]?.[0] ?? OTHER) : OTHER;
}

function lastsOf(unit: string, amount: number, before: Duration): Duration {
  if (unit === 'ever') return { kind: 'ever' };
  if (unit === 'count') return { kind: 'count', count: amount };
  return SPAN_UNITS.includes(unit as SpanUnit) ? span(unit as SpanUnit, amount) : before;
}
