/** After the keychain has lost this computer's key: the code or passphrase once, and a new key is made. */
import { Button, Modal, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useWords } from '../../text/use-words.ts';
import type { PlaceValue } from './view-model.ts';

export interface UnlockPlaceProps {
  readonly place: PlaceValue;
  readonly onClose: () => void;
  readonly onDone: (isRemembered: boolean) => void;
}

export function UnlockPlace({ place, onClose, onDone }: UnlockPlaceProps) {
  const { calls } = useCore();
  const core = useCoreSentences();
  const { places: words } = useWords();
  const [typed, setTyped] = useState('');
  const { ask, isBusy, refusal } = useAsk();
  const unlock = async (): Promise<void> => {
    const made = await ask(() => calls['places.unlock']({ placeId: place.id, password: typed }));
    if (made !== undefined) onDone(made.value.notRemembered === null);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.unlockTitle(place.name)}
      size={520}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <form
        className="dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== '') void unlock();
        }}
      >
        <p>{words.unlockBody}</p>
        <PasswordInput
          label={words.unlockField}
          value={typed}
          autoComplete="off"
          data-autofocus
          error={refusal === undefined ? undefined : core.error(refusal)}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={isBusy} disabled={typed === ''}>
            {words.unlock}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
