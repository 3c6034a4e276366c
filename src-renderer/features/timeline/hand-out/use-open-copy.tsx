/**
 * "Open copy", in the desktop application: the selected file as it was, got ready as a read-only copy in a private folder of the
 * core and opened by the system's program for it. What would run by that is not opened; a copy in a folder is offered instead.
 * A browser has "Download" for the same.
 */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback, type ReactNode } from 'react';
import { fromWireError, isTidemarkError, TidemarkError, type WireError } from '#base/errors.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import { runsWhenOpened } from '#contract/app/runs-when-opened.ts';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { groupsOf } from '../put-back/put-back-plan.ts';
import { shareOf } from '../put-back/share-of.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { isOneFile } from './use-save-copy.tsx';
import './hand-out.css';

const TOAST = 'open-copy';
const OPENED_MS = 12_000;
/** What a copy in a folder helps against. */
const HAS_WAY_OUT: ReadonlySet<string> = new Set([
  'files.wouldRun',
  'files.notOpened',
  'files.tooMuchToDrag',
]);

/** Of what is selected at the moment in view; does nothing where that is no single file. */
export function useOpenCopy(): () => void {
  const { placeId, point } = useHistory();
  const nowMs = useNowMs(point);
  const formats = useFormats();
  const { handOut: words, history, putBack } = useWords();
  const sentences = useCoreSentences();
  const getReady = useGettingReady();
  return useCallback((): void => {
    const { selection } = useHistoryView.getState();
    const [item] = selection;
    if (item === undefined || placeId === null || point === undefined || !isOneFile(selection)) return;
    const [group] = groupsOf(selection, point);
    if (group === undefined) return;
    const { path } = item;
    const putCopy = (): void => {
      notifications.hide(TOAST);
      const view = useHistoryView.getState();
      view.select([item]);
      view.openSheet('putCopy');
    };
    const refuse = (error: unknown): void =>
      tell(
        <div className="hand-out-toast">
          <p>{sentences.error(error)}</p>
          {isTidemarkError(error) && HAS_WAY_OUT.has(error.code) && (
            <Button variant="default" size="compact-sm" onClick={putCopy}>
              {history.putCopy}
            </Button>
          )}
        </div>,
        { color: 'red' },
      );
    if (runsWhenOpened(safeFileName(path))) {
      refuse(new TidemarkError('files.wouldRun', { name: showLastName(path) }));
      return;
    }
    getReady({ placeId, snapshotId: group.snapshotId, path }).then((isOpen) => {
      if (!isOpen) return notifications.hide(TOAST);
      const moment = history.fromMoment(formats.moment(group.timeMs, nowMs));
      tell(<p>{words.opened(putBack.quoted(showLastName(path)), moment)}</p>, { autoClose: OPENED_MS });
    }, refuse);
  }, [placeId, point, nowMs, formats, words, history, putBack, sentences, getReady]);
}

interface Wanted {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly path: WirePath;
}

/** Fetches and opens it, with a toast that tells of it and stops it. False: the person has. */
function useGettingReady(): (wanted: Wanted) => Promise<boolean> {
  const { calls } = useCore();
  const { handOut: words } = useWords();
  return useCallback(
    async ({ placeId, snapshotId, path }) => {
      const from = [{ snapshotId, paths: [path] }];
      const jobId = await calls['jobs.start']({ kind: 'handOut', placeId, from, zipName: null });
      const label = words.getting(words.quoted(showLastName(path)));
      const getting = (share: number | null) => (
        <div className="hand-out-toast">
          <p>{label}</p>
          <Progress label={label} done={share} />
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => void calls['jobs.cancel']({ jobId }).catch(() => undefined)}
          >
            {words.stop}
          </Button>
        </div>
      );
      tell(getting(null), { loading: true });
      const job = await calls['jobs.wait'](
        { jobId },
        {
          onProgress: ({ progress }) =>
            notifications.update({ id: TOAST, message: getting(shareOf(progress)), loading: true }),
        },
      );
      if (job.state === 'cancelled') return false;
      if (job.error !== null) throw fromWireError(job.error as unknown as WireError);
      await calls['handOut.open']({ jobId });
      return true;
    },
    [calls, words],
  );
}

/** One at a time: the next word about it takes the place of the one before. */
function tell(
  message: ReactNode,
  more: { readonly autoClose?: number; readonly color?: string; readonly loading?: boolean },
): void {
  const toast = { id: TOAST, message, autoClose: false as const, loading: false, color: 'tide', ...more };
  notifications.show(toast);
  // One that is there under the name would stay as it is.
  notifications.update(toast);
}
