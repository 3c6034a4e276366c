/** The person's own passphrase: typed twice, measured while it is typed, and refused where it would not hold. */
import { useEffect, useState } from 'react';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { SecretInput } from '../../parts/secret-input.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useFormats, useSpeech } from '../../text/use-words.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { NoteBar } from '../../ui/note-bar.tsx';
import type { Measure } from './measure-passphrase.ts';
import { verdictOn, type Verdict } from './passphrase-verdict.ts';

const MEASURED_AFTER_MS = 150;
const LONGEST = 1_000;

export interface SetPassphraseProps {
  readonly onClose: () => void;
  readonly onDone: (sentence: string) => void;
}

export function SetPassphrase({ onClose, onDone }: SetPassphraseProps) {
  const { calls } = useCore();
  const speech = useSpeech();
  const { keys: words } = speech.words;
  const formats = useFormats();
  const core = useCoreSentences();
  const places = useMirror()?.places ?? [];
  const [typed, setTyped] = useState('');
  const [again, setAgain] = useState('');
  const [isLeft, setLeft] = useState(false);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const { ask, isBusy, refusal, clear } = useAsk();
  const measure = useMeasure(typed);
  const verdict = measure && verdictOn(measure, speech);
  const maySet = verdict?.isGoodEnough === true && typed === again;
  const nameOf = (id: string): string => places.find((place) => place.id === id)?.name ?? '';
  const set = async (): Promise<void> => {
    const done = await ask(() => calls['keys.setPassphrase']({ passphrase: typed }));
    if (done === undefined) return;
    const outcomes = done.value.places;
    const sentences = outcomes.flatMap(({ placeId, error }) =>
      error === null ? [] : [words.refusedAt(nameOf(placeId), core.wireError(error))],
    );
    setRefused(sentences);
    if (sentences.length > 0) return;
    const owed = outcomes.filter(({ state }) => state === 'owed').map(({ placeId }) => nameOf(placeId));
    onDone([words.passphraseSet, ...(owed.length === 0 ? [] : [words.owedAt(formats.list(owed))])].join(' '));
  };
  return (
    <FormDialog
      title={words.passphraseTitle}
      sendLabel={words.save}
      cancelLabel={words.keep}
      closeLabel={words.close}
      maySend={maySet}
      isBusy={isBusy}
      onSend={() => void set()}
      onClose={onClose}
    >
      <p>{words.passphraseBody}</p>
      <SecretInput
        label={words.passphraseField}
        description={words.passphraseHint}
        value={typed}
        maxLength={LONGEST}
        autoComplete="new-password"
        data-autofocus
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          clear();
        }}
      />
      <div className="passphrase-measure" role="status" aria-live="polite">
        {typed !== '' && (verdict === undefined ? words.measuring : <Bar verdict={verdict} />)}
      </div>
      <SecretInput
        label={words.passphraseAgain}
        value={again}
        maxLength={LONGEST}
        autoComplete="new-password"
        error={isLeft && again !== '' && again !== typed ? words.notTheSame : undefined}
        onBlur={() => setLeft(true)}
        onChange={({ currentTarget }) => setAgain(currentTarget.value)}
      />
      {refused.map((sentence) => (
        <NoteBar key={sentence} tone="danger">
          {sentence}
        </NoteBar>
      ))}
      <Refusal error={refusal} />
    </FormDialog>
  );
}

function Bar({ verdict }: { verdict: Verdict }) {
  return (
    <>
      <div className={`steps${verdict.isGoodEnough ? ' good' : ''}`} aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <i key={step} className={step <= verdict.steps ? 'on' : undefined} />
        ))}
      </div>
      <span>{verdict.sentence}</span>
    </>
  );
}

/** Undefined while nothing is typed, or the lists are on their way. */
function useMeasure(typed: string): Measure | undefined {
  const [measured, setMeasured] = useState<{ readonly of: string; readonly measure: Measure }>();
  useEffect(() => {
    if (typed === '') return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void import('./measure-passphrase.ts').then(
        ({ measurePassphrase }) => isCurrent && setMeasured({ of: typed, measure: measurePassphrase(typed) }),
      );
    }, MEASURED_AFTER_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [typed]);
  return measured?.of === typed ? measured.measure : undefined;
}
