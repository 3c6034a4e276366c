/**
 * "Open copy": the one selected file, as it was, among the downloads of the browser or the desktop application. Fetched as
 * a whole, so it has a limit; above it "Put a copy in…" opens instead, which has none.
 */
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useWords } from '../../../text/use-words.ts';
import { ContentReader } from '../inspector/content-reader.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';

const MOST_BYTES = 256_000_000;

export function useOpenCopy(): () => void {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const { placeId, point } = useHistory();
  return useCallback(() => {
    const { selection, openSheet } = useHistoryView.getState();
    const [item] = selection;
    if (selection.length !== 1 || item?.kind !== 'file' || placeId === null || point === undefined) return;
    if (item.sizeBytes > MOST_BYTES) {
      notifications.show({ message: words.copyTooLarge });
      openSheet('putCopy');
      return;
    }
    const { snapshotId } = item.deleted?.lastSeen ?? point;
    const reader = new ContentReader(calls, { placeId, snapshotId, path: item.path });
    const name = showLastName(item.path);
    reader.readAll(MOST_BYTES).then(
      (bytes) => {
        download(new Blob([bytes], { type: 'application/octet-stream' }), name);
        notifications.show({ message: words.copyOpened(name) });
      },
      (error: unknown) => notifications.show({ color: 'red', message: say.error(error) }),
    );
  }, [calls, words, placeId, point]);
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it over once the click is done.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
