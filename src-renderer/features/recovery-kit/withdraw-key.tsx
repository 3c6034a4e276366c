/** Asks before a key is withdrawn, and says what withdrawing cannot do. */
import { useState } from 'react';
import type { HeldKey } from '#contract/app/key-calls.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { NoteBar } from '../../ui/note-bar.tsx';
import type { HeldKeyView } from './held-key-view.ts';

export interface WithdrawKeyProps {
  readonly held: HeldKey;
  readonly view: HeldKeyView;
  readonly onClose: () => void;
  readonly onDone: (sentence: string) => void;
}

export function WithdrawKey({ held, view, onClose, onDone }: WithdrawKeyProps) {
  const { calls } = useCore();
  const { keys: words } = useWords();
  const formats = useFormats();
  const core = useCoreSentences();
  const places = useMirror()?.places ?? [];
  const { ask, isBusy, refusal } = useAsk();
  const [refused, setRefused] = useState<readonly string[]>([]);
  const nameOf = (id: string): string => places.find((place) => place.id === id)?.name ?? '';
  const withdraw = async (): Promise<void> => {
    const keys = view.withdrawable.map(({ placeId, keyId }) => ({ placeId, keyId }));
    const done = await ask(() => calls['keys.withdraw']({ keys }));
    if (done === undefined) return;
    const sentences = done.value.places.flatMap(({ placeId, error }) =>
      error === null ? [] : [words.refusedAt(nameOf(placeId), core.wireError(error))],
    );
    const owed = done.value.places.filter(({ state }) => state === 'owed');
    setRefused(sentences);
    if (sentences.length > 0) return;
    const later =
      owed.length === 0 ? '' : ` ${words.owedAt(formats.list(owed.map(({ placeId }) => nameOf(placeId))))}`;
    onDone(`${view.title}: ${words.withdrawn}${later}`);
  };
  return (
    <ConfirmDialog
      title={words.withdrawTitle(view.title)}
      confirmLabel={words.withdraw}
      cancelLabel={words.keep}
      closeLabel={words.close}
      isDanger
      isBusy={isBusy}
      onConfirm={() => void withdraw()}
      onClose={onClose}
    >
      <p>{words.withdrawBody(formats.list(view.withdrawable.map(({ placeId }) => nameOf(placeId))))}</p>
      {held.kind === 'recovery' && <p>{words.withdrawCode}</p>}
      {held.kind === 'machine' && <p>{words.withdrawComputer}</p>}
      {held.kind === 'foreign' && <p>{words.withdrawForeign}</p>}
      <NoteBar tone="warning">{words.withdrawHonest}</NoteBar>
      {refused.map((sentence) => (
        <NoteBar key={sentence} tone="danger">
          {sentence}
        </NoteBar>
      ))}
      <Refusal error={refusal} />
    </ConfirmDialog>
  );
}
