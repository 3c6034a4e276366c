/** Folders that are dropped on a page that takes folders. What is none is told and left alone. */
import { notifications } from '@mantine/notifications';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../core-link/use-core.ts';
import { showLastName } from '../text/show-name.ts';
import { useWords } from '../text/use-words.ts';
import { useDropped } from './drop-zone.tsx';

export function useDroppedFolders(take: (folders: readonly WirePath[]) => void): void {
  const { calls } = useCore();
  const { chooseFolder: words } = useWords();
  const add = async (paths: readonly string[]): Promise<void> => {
    const folders: WirePath[] = [];
    for (const path of paths) {
      const isFolder = await calls['host.listFolder']({ folder: path }).then(
        () => true,
        () => false,
      );
      if (isFolder) folders.push(path);
      else notifications.show({ color: 'red', message: words.onlyFolders(showLastName(path)) });
    }
    if (folders.length > 0) take(folders);
  };
  useDropped({
    words: words.dropFolder,
    inBrowser: words.dropInBrowser,
    take: (paths) => void add(paths),
  });
}
