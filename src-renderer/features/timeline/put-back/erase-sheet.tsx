/** Taking something out of every version for good: says from how many, warns, asks, and only then does it. */
import { Alert, Button, Checkbox, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { shareOf } from './share-of.ts';
import { useJob } from './use-job.ts';
import { useKeptElsewhere } from './use-kept-elsewhere.ts';

export function EraseSheet({ onClose }: { onClose: () => void }) {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const { placeId, placeName, series, newest } = useHistory();
  const nowMs = useNowMs(newest);
  const selection = useHistoryView((view) => view.selection);
  const [isSure, setIsSure] = useState(false);
  const job = useJob();
  const paths = selection.map(({ path }) => path);
  const ask = { placeId: placeId ?? '', series: series ?? '', paths };
  const outlook = useAnswer(
    placeId === null || series === null ? null : (signal) => calls['erase.prepare'](ask, { signal }),
    [ask],
  );
  const { value } = outlook;
  const keptIn = useKeptElsewhere(ask.series, paths);
  const versions = words.eraseVersions(formats.count(value?.versions ?? 0), value?.versions === 1);

  const erase = async (): Promise<void> => {
    const done = await job.start({ kind: 'erase', ...ask });
    if (done === undefined) return;
    const { refused } = (done.result ?? {}) as { refused?: number };
    const rest =
      refused === undefined || refused === 0 ? '' : ` ${words.eraseRefused(formats.count(refused))}`;
    notifications.show({ message: `${words.erased(versions)}${rest}` });
    useHistoryView.getState().select([]);
    onClose();
  };
  return (
    <div className="sheet" tabIndex={-1} data-autofocus>
      <div className="sheet-main narrow">
        {outlook.kind === 'refused' && (
          <Alert color="red" role="alert">
            {say.error(outlook.error)}
          </Alert>
        )}
        {value === undefined && outlook.kind === 'asking' && <Skeleton height={16} width="70%" />}
        {value !== undefined && (
          <>
            <p className="sentence">
              {words.eraseSays(
                versions,
                words.eraseContents(formats.count(value.files), value.files === 1),
                formats.bytes(value.bytes),
              )}
            </p>
            <Alert color="red">
              <p>{words.eraseWarning}</p>
              {keptIn !== undefined && keptIn.length > 0 && (
                <p>{words.eraseElsewhere(placeName, formats.list(keptIn), keptIn.length === 1)}</p>
              )}
              {value.undeletableUntilMs !== null && (
                <p>{words.eraseLocked(formats.moment(value.undeletableUntilMs, nowMs))}</p>
              )}
            </Alert>
            <Checkbox
              label={words.eraseSure}
              checked={isSure}
              disabled={job.isRunning || keptIn === undefined}
              onChange={({ currentTarget }) => setIsSure(currentTarget.checked)}
            />
          </>
        )}
        {job.isRunning && <Progress label={words.erasing} done={shareOf(job.progress)} />}
        {job.refusal !== undefined && (
          <Alert color="red" role="alert">
            {job.refusal}
          </Alert>
        )}
      </div>
      <footer className="sheet-foot">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          color="red"
          disabled={!isSure || value === undefined || job.isRunning}
          onClick={() => void erase()}
        >
          {words.eraseGo(versions)}
        </Button>
      </footer>
    </div>
  );
}
