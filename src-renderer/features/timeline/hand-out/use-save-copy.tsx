/**
 * "Download", in the desktop application "Save a copy…": what is chosen, as it was. A file comes from the address of its
 * contents, however long it is; the browser, or a dialog of the system, says where it goes. Several, or a folder, become a
 * zip file: in a browser one that it saves, else one in a folder that is asked for.
 */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { handOutAddress, savingAddress } from '#contract/app/content-address.ts';
import { isDesktop } from '../../../core-link/desktop.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { groupsOf } from '../put-back/put-back-plan.ts';
import { zipName } from '../put-back/zip-name.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView, type SelectedItem } from '../view-store.ts';
import './hand-out.css';

/** One file; everything else is saved as a zip file. */
export function isOneFile(selection: readonly SelectedItem[]): boolean {
  return selection.length === 1 && selection[0]?.kind === 'file';
}

/** What the button that does it is called. */
export function useSaveWords(): (selection: readonly SelectedItem[]) => string {
  const { handOut: words } = useWords();
  return (selection) => {
    if (isDesktop()) return isOneFile(selection) ? words.saveCopy : words.saveZip;
    return isOneFile(selection) ? words.download : words.downloadZip;
  };
}

export function useSaveCopy(): () => void {
  const sentences = useCoreSentences();
  const { calls } = useCore();
  const { placeId, point } = useHistory();
  const nowMs = useNowMs(point);
  const formats = useFormats();
  const { putBack } = useWords();
  const saveZip = useSaveZip();
  return useCallback(() => {
    const { selection, openSheet } = useHistoryView.getState();
    const [item] = selection;
    if (item === undefined || placeId === null || point === undefined) return;
    const refuse = (error: unknown): void =>
      void notifications.show({ color: 'red', message: sentences.error(error) });
    const groups = groupsOf(selection, point);
    const [group, ...others] = groups;
    if (group === undefined) return;
    if (isOneFile(selection)) {
      const file = { placeId, snapshotId: group.snapshotId, path: item.path };
      // A browser tells of a place that is away by a broken download, not by a sentence.
      calls['browse.content']({ ...file, offset: 0, length: 1 }).then(
        () => save(savingAddress(file)),
        refuse,
      );
    } else if (isDesktop()) {
      openSheet('export');
    } else {
      const moment = others.length > 0 ? '' : putBack.from(formats.moment(group.timeMs, nowMs));
      const name = zipName(
        selection.map(({ path }) => showLastName(path)),
        moment,
      );
      const from = groups.map(({ snapshotId, paths }) => ({ snapshotId, paths: [...paths] }));
      saveZip({ kind: 'handOut', placeId, from, zipName: name }, name).catch(refuse);
    }
  }, [calls, sentences, formats, putBack, placeId, point, nowMs, saveZip]);
}

type ZipAsk = Parameters<ReturnType<typeof useCore>['calls']['jobs.start']>[0];

/** Made first, with a toast that tells of it and stops it; saved when it is whole. */
function useSaveZip(): (ask: ZipAsk, name: string) => Promise<void> {
  const sentences = useCoreSentences();
  const { calls } = useCore();
  const formats = useFormats();
  const { handOut: words } = useWords();
  return useCallback(
    async (ask, name) => {
      const jobId = await calls['jobs.start'](ask);
      const making = (bytesDone: number) => (
        <div className="hand-out-toast">
          <p>{words.zipping(name)}</p>
          {bytesDone > 0 && <p className="so-far">{words.soFar(formats.bytes(bytesDone))}</p>}
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => void calls['jobs.cancel']({ jobId }).catch(() => undefined)}
          >
            {words.stop}
          </Button>
        </div>
      );
      const toast = { loading: true, autoClose: false as const, withCloseButton: false };
      const id = notifications.show({ ...toast, message: making(0) });
      try {
        const job = await calls['jobs.wait'](
          { jobId },
          {
            onProgress: ({ progress }) =>
              notifications.update({ ...toast, id, message: making(progress?.bytesDone ?? 0) }),
          },
        );
        notifications.hide(id);
        if (job.state === 'done' || job.state === 'doneExcept') {
          save(handOutAddress(jobId, name));
          const missing = job.troubleCount;
          notifications.show({
            color: missing > 0 ? 'yellow' : 'tide',
            message: missing > 0 ? words.readyExcept(name, formats.count(missing)) : words.zipReady(name),
          });
        } else if (job.error !== null) {
          notifications.show({ color: 'red', message: sentences.wireError(job.error) });
        }
      } catch (error) {
        notifications.hide(id);
        throw error;
      }
    },
    [calls, sentences, formats, words],
  );
}

/** The name comes with the answer, made harmless there. */
function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
