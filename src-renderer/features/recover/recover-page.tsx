/**
 * Getting things back on a computer that knows nothing, and opening a backup that another program made: where it is,
 * what opens it, what is there. What was typed stays in this component until the place is open, and is kept nowhere else.
 */
import { PLACE_OPTIONS, type PlaceOptions } from '#contract/app/place-options.ts';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useMirror } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import { Waves } from '../../ui/waves.tsx';
import { ChooseState } from './choose-state.tsx';
import { DoneStep } from './done-step.tsx';
import { OpenStep } from './open-step.tsx';
import { WhereStep } from './where-step.tsx';
import type { FoundBackup, RecoverStep } from './recover-steps.ts';
import './recover.css';

export function RecoverPage({ query }: { query: URLSearchParams }) {
  const { recover } = useWords();
  const mirror = useMirror();
  const isForeign = query.get('from') === 'restic';
  const [step, setStep] = useState<RecoverStep>(() => firstStep(query));
  const isNew = (mirror?.plans.length ?? 0) === 0;
  const goBack = (): void => {
    if (step.kind === 'where') history.back();
    else setStep({ kind: 'where' });
  };
  return (
    <div className="recover">
      <header>
        {isNew && (
          <p className="brand">
            <Waves /> <span>Tidemark</span>
          </p>
        )}
        {step.kind !== 'done' && (
          <button type="button" className="back" onClick={goBack}>
            <ArrowLeft size={15} strokeWidth={1.7} aria-hidden /> {recover.back}
          </button>
        )}
        <h1>{isForeign ? recover.titleRestic : recover.title}</h1>
      </header>
      <Current step={step} isForeign={isForeign} onStep={setStep} />
    </div>
  );
}

interface CurrentProps {
  readonly step: RecoverStep;
  readonly isForeign: boolean;
  readonly onStep: (step: RecoverStep) => void;
}

function Current({ step, isForeign, onStep }: CurrentProps) {
  switch (step.kind) {
    case 'where':
      return <WhereStep onFound={(backup) => onStep({ kind: 'open', backup })} />;
    case 'open':
      return <OpenStep backup={step.backup} isForeign={isForeign} onStep={onStep} />;
    case 'choose':
      return <ChooseState step={step} onStep={onStep} />;
    case 'done':
      return <DoneStep step={step} />;
  }
}

/** As the page of a new place hands them on; what nobody knows is left out. */
function optionsIn(query: URLSearchParams): PlaceOptions {
  const given = PLACE_OPTIONS.map((name) => [name, query.get(name)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== null && value !== ''));
}

/** Who comes from a card of the first run has chosen the place already. */
function firstStep(query: URLSearchParams): RecoverStep {
  const location = query.get('location');
  if (location === null || location === '') return { kind: 'where' };
  const backup: FoundBackup = { location, options: optionsIn(query), name: query.get('name') ?? location };
  return { kind: 'open', backup };
}
