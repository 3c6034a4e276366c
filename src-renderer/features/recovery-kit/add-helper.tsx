/** Somebody else may open the copies: who, and then a page of their own with a code that is told once. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { LONGEST_GIVEN_TO } from '#contract/app/key-calls.ts';
import { holdCode } from '../../core-link/held-codes.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useWords } from '../../text/use-words.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { kitRoute } from './held-key-view.ts';

export function AddHelper({ placeId, onClose }: { placeId: string; onClose: () => void }) {
  const { calls } = useCore();
  const { keys: words } = useWords();
  const [givenTo, setGivenTo] = useState('');
  const { ask, isBusy, refusal } = useAsk();
  const name = givenTo.trim();
  const add = async (): Promise<void> => {
    const made = await ask(() => calls['keys.addHelper']({ givenTo: name }));
    if (made === undefined) return;
    holdCode(made.value.id, made.value.code);
    location.hash = kitRoute(placeId, made.value.id);
  };
  return (
    <FormDialog
      title={words.addHelperTitle}
      sendLabel={words.makePage}
      cancelLabel={words.keep}
      closeLabel={words.close}
      maySend={name !== ''}
      isBusy={isBusy}
      onSend={() => void add()}
      onClose={onClose}
    >
      <p>{words.addHelperBody}</p>
      <TextInput
        label={words.givenTo}
        description={words.givenToHint}
        value={givenTo}
        maxLength={LONGEST_GIVEN_TO}
        data-autofocus
        onChange={({ currentTarget }) => setGivenTo(currentTarget.value)}
      />
      <Refusal error={refusal} />
    </FormDialog>
  );
}
