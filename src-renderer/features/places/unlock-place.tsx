/**
 * The code or passphrase once: after the keychain has lost this computer's key, whereupon a new one is made; or to put back the
 * small files without which the place cannot be opened, where this computer's key does not help.
 */
import { useState } from 'react';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { SecretInput } from '../../parts/secret-input.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useWords } from '../../text/use-words.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import type { PlaceValue } from './view-model.ts';

export interface UnlockPlaceProps {
  readonly place: PlaceValue;
  readonly why: 'keyMissing' | 'filesLost';
  readonly onClose: () => void;
  readonly onDone: (isRemembered: boolean) => void;
}

export function UnlockPlace({ place, why, onClose, onDone }: UnlockPlaceProps) {
  const { calls } = useCore();
  const core = useCoreSentences();
  const { places: words } = useWords();
  const [typed, setTyped] = useState('');
  const { ask, isBusy, refusal } = useAsk();
  const unlock = async (): Promise<void> => {
    const wish = { placeId: place.id, password: typed };
    const made = await ask(async () => {
      if (why === 'keyMissing') return (await calls['places.unlock'](wish)).notRemembered === null;
      await calls['places.mendKeys'](wish);
      return true;
    });
    if (made !== undefined) onDone(made.value);
  };
  return (
    <FormDialog
      title={why === 'keyMissing' ? words.unlockTitle(place.name) : words.mendTitle(place.name)}
      sendLabel={why === 'keyMissing' ? words.unlock : words.mend}
      cancelLabel={words.cancel}
      closeLabel={words.close}
      maySend={typed !== ''}
      isBusy={isBusy}
      onSend={() => void unlock()}
      onClose={onClose}
    >
      <p>{why === 'keyMissing' ? words.unlockBody : words.mendBody}</p>
      <SecretInput
        label={words.unlockField}
        value={typed}
        autoComplete="off"
        data-autofocus
        error={refusal === undefined ? undefined : core.error(refusal)}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </FormDialog>
  );
}
