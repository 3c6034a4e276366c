/**
 * Choosing a folder of this computer: by the system's own dialog in the desktop application, else by a dialog of the
 * window. `FolderChooser` stands once in the frame and shows itself when somebody asks.
 */
import { useCallback } from 'react';
import { create } from 'zustand';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../core-link/use-core.ts';
import { FolderDialog } from './folder-dialog.tsx';

export interface FolderQuestion {
  /** In place of "Choose a folder". */
  readonly title?: string;
  /** Where the dialog begins; left out: the home folder. The system's dialog begins where it likes. */
  readonly startsAt?: WirePath;
  /** Something will be written into it: a folder where that is refused cannot be chosen. */
  readonly mustBeWritable?: boolean;
}

interface Asked extends FolderQuestion {
  answer(folder: WirePath | null): void;
}

const useAsked = create<{ readonly asked: Asked | null }>(() => ({ asked: null }));

/** @returns what asks: the folder, or null where the person has not chosen one */
export function useChooseFolder(): (question?: FolderQuestion) => Promise<WirePath | null> {
  const { calls } = useCore();
  return useCallback(
    async (question = {}) => {
      // Only the desktop application has a dialog of the system.
      if (window.tidemark !== undefined) return calls['host.chooseFolder']({});
      return new Promise<WirePath | null>((resolve) => {
        useAsked.getState().asked?.answer(null);
        useAsked.setState({
          asked: {
            ...question,
            answer: (folder) => {
              useAsked.setState({ asked: null });
              resolve(folder);
            },
          },
        });
      });
    },
    [calls],
  );
}

export function FolderChooser() {
  const asked = useAsked((state) => state.asked);
  if (asked === null) return null;
  return <FolderDialog {...asked} />;
}
