/** Keeps the version in view for ever, with a name that a person gives it; or lets the rules have it back. */
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView } from './view-store.ts';

export function KeepSheet() {
  const isOpen = useHistoryView((view) => view.sheet === 'keep');
  const { openSheet } = useHistoryView.getState();
  const { calls } = useCore();
  const { history } = useWords();
  const formats = useFormats();
  const sentences = useCoreSentences();
  const nowMs = useNowMs();
  const { placeId, point } = useHistory();
  const [label, setLabel] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  useEffect(() => {
    if (!isOpen) return;
    setLabel(point?.label ?? '');
    setRefusal(undefined);
  }, [isOpen]);
  if (placeId === null || point === undefined) return null;
  const { snapshotId, isKept } = point;
  const close = (): void => openSheet('none');
  const put = async (keepForEver: boolean): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const request = { kind: 'label', placeId, snapshotId, keepForEver, label: label.trim() } as const;
      const job = await calls['jobs.wait']({ jobId: await calls['jobs.start'](request) });
      if (job.error !== null) return setRefusal(sentences.wireError(job.error));
      notifications.show({ message: keepForEver ? history.kept : history.unkept, autoClose: 6_000 });
      close();
    } catch (error) {
      setRefusal(sentences.error(error));
    } finally {
      setBusy(false);
    }
  };
  const moment = formats.moment(point.timeMs, nowMs);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={history.keepTitle}
      closeButtonProps={{ 'aria-label': history.close }}
    >
      <form
        className="keep-sheet"
        onSubmit={(event) => {
          event.preventDefault();
          void put(true);
        }}
      >
        <p>{isKept ? history.unkeepBody(moment) : history.keepBody(moment)}</p>
        <TextInput
          label={history.keepLabel}
          placeholder={history.keepPlaceholder}
          value={label}
          maxLength={200}
          data-autofocus
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        {refusal !== undefined && (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
        <div className="sheet-buttons">
          {isKept && (
            <Button variant="default" disabled={isBusy} onClick={() => void put(false)}>
              {history.unkeep}
            </Button>
          )}
          <Button variant="default" onClick={close}>
            {history.cancel}
          </Button>
          <Button type="submit" loading={isBusy}>
            {isKept ? history.keepName : history.keep}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
