/** What opens it: the recovery code of a kit, or the password of a backup that restic made. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { Archive } from 'lucide-react';
import { useState } from 'react';
import { isTidemarkError } from '#base/errors.ts';
import { useCore } from '../../core-link/use-core.ts';
import { CodeField } from '../../parts/code-field.tsx';
import { readTypedCode } from '../../parts/read-typed-code.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { showName } from '../../text/show-name.ts';
import { useShowPath, useWords } from '../../text/use-words.ts';
import { openPlace } from './open-place.ts';
import type { FoundBackup, RecoverStep } from './recover-steps.ts';

export interface OpenStepProps {
  readonly backup: FoundBackup;
  readonly isForeign: boolean;
  readonly onStep: (step: RecoverStep) => void;
}

export function OpenStep({ backup, isForeign, onStep }: OpenStepProps) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { recover } = useWords();
  const [typed, setTyped] = useState('');
  const [name, setName] = useState(backup.name);
  const [addsKey, setAddsKey] = useState(false);
  const [isOpening, setOpening] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const reading = readTypedCode(typed);
  const mayOpen = isForeign
    ? typed !== '' && name.trim() !== ''
    : reading.kind === 'complete' || reading.kind === 'text';
  const sentenceOf = (error: unknown): string => {
    if (!isTidemarkError(error, 'repository.wrongPassword')) return errorSentences(error);
    return `${isForeign ? recover.wrongPassword : recover.wrongCode} ${recover.nothingChanged}`;
  };
  const open = async (): Promise<void> => {
    setOpening(true);
    setRefusal(undefined);
    try {
      if (isForeign) {
        const { location, options } = backup;
        const wish = { name: name.trim(), location, options, password: typed, addsKey };
        onStep(await openPlace(calls, wish));
      } else {
        const states = await calls['adopt.look']({
          location: backup.location,
          options: backup.options,
          password: typed,
        });
        onStep({ kind: 'choose', backup, password: typed, states });
      }
    } catch (error) {
      setRefusal(sentenceOf(error));
      setOpening(false);
    }
  };
  return (
    <section>
      <p className="which">
        <Archive size={17} strokeWidth={1.7} aria-hidden />
        <span>
          <b>{showName(backup.name)}</b> {showPath(backup.location)}
        </span>
      </p>
      <h2>{isForeign ? recover.passwordTitle : recover.codeTitle}</h2>
      <p className="dim">{isForeign ? recover.passwordBody : recover.codeBody}</p>
      <form
        className="secret"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayOpen && !isOpening) void open();
        }}
      >
        <CodeField
          label={isForeign ? recover.passwordLabel : recover.codeLabel}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            setRefusal(undefined);
          }}
          refusal={refusal}
          isPassword={isForeign}
        />
        {isForeign && (
          <>
            <TextInput
              label={recover.placeName}
              value={name}
              maxLength={200}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <Checkbox
              label={recover.rememberKey}
              description={recover.rememberKeyBody}
              checked={addsKey}
              onChange={({ currentTarget }) => setAddsKey(currentTarget.checked)}
            />
          </>
        )}
        <Button type="submit" size="md" loading={isOpening} disabled={!mayOpen}>
          {recover.open}
        </Button>
      </form>
    </section>
  );
}
