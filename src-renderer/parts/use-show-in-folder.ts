/** "Show in folder" of what jobs have put somewhere: in the system's file manager. Undefined in a browser, which cannot show any. */
import { notifications } from '@mantine/notifications';
import { useMemo } from 'react';
import { isDesktop } from '../core-link/desktop.ts';
import { useCore } from '../core-link/use-core.ts';
import { useCoreSentences } from '../text/core-sentences.ts';
import { useWords } from '../text/use-words.ts';

/** @param jobIds of one putting back: the first that made something that is still there is shown */
export type ShowInFolder = (jobIds: readonly string[]) => void;

export function useShowInFolder(): ShowInFolder | undefined {
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const say = useCoreSentences();
  return useMemo(() => {
    if (!isDesktop()) return undefined;
    const show = async (jobIds: readonly string[]): Promise<void> => {
      for (const jobId of jobIds) if (await calls['host.showInFolder']({ jobId })) return;
      notifications.show({ message: words.nothingToShow });
    };
    return (jobIds) =>
      void show(jobIds).catch((error: unknown) =>
        notifications.show({ color: 'red', message: say.error(error) }),
      );
  }, [calls, words, say]);
}
