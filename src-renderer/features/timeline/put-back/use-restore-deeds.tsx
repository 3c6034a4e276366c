/** The deeds of putting back for components and keys: do it, take it back, and say so in a toast that offers the undo. */
import { notifications } from '@mantine/notifications';
import { useCallback, useEffect } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { historyDeeds, useHistoryView } from '../view-store.ts';
import { parentPath } from '../wire-path.ts';
import { DoneToast } from './done-toast.tsx';
import { useOpenCopy } from './open-copy.ts';
import { outcomeSentence, undoSentence } from './outcome-words.ts';
import { useRestores, type RestoreOutcome, type UndoRef } from './restore-store.ts';
import { runRestore, runUndo } from './run-restore.ts';

type PutBack = (asks: Parameters<typeof runRestore>[1], target: WirePath | null) => Promise<RestoreOutcome>;

/** How long a finished restore offers its undo; the history offers it for 30 days. */
const TOAST_MS = 30_000;
const DONE_TOAST = 'put-back';

/** @returns what does it, follows it to its end and tells of it. @throws what its start throws */
export function usePutBack(): PutBack {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const undo = useUndo();
  return useCallback(
    async (asks, target) => {
      const outcome = await runRestore(calls, asks);
      const first = asks[0]?.paths[0];
      const folder = target ?? (first === undefined ? null : parentPath(first));
      notifications.hide(DONE_TOAST);
      notifications.show({
        id: DONE_TOAST,
        autoClose: outcome.state === 'done' ? TOAST_MS : false,
        color: outcome.state === 'done' ? 'tide' : 'red',
        message: (
          <DoneToast
            sentence={outcomeSentence(outcome, target, { words, formats })}
            detail={outcome.error === null ? '' : say.wireError(outcome.error)}
            jobIds={outcome.problems > 0 ? jobIdsOf() : []}
            onUndo={outcome.undos.length === 0 ? undefined : () => void undo(outcome.undos)}
            onShow={
              target !== null || folder === null || outcome.files === 0
                ? undefined
                : () =>
                    useHistoryView
                      .getState()
                      .openFolder(folder, { pointId: null, select: asks.flatMap(({ paths }) => paths) })
            }
          />
        ),
      });
      return outcome;
    },
    [calls, words, formats, undo],
  );
}

export function useUndo(): (undos: readonly UndoRef[]) => Promise<void> {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  return useCallback(
    async (undos) => {
      notifications.hide(DONE_TOAST);
      const id = notifications.show({ message: words.undoing, loading: true, autoClose: false });
      try {
        const outcome = await runUndo(calls, undos);
        notifications.update({
          id,
          loading: false,
          autoClose: outcome.problems > 0 || outcome.hasFailed ? false : TOAST_MS,
          message: undoSentence(outcome, { words, formats }),
        });
      } catch (error) {
        notifications.update({
          id,
          loading: false,
          color: 'red',
          autoClose: false,
          message: say.error(error),
        });
      }
    },
    [calls, words, formats],
  );
}

/** What the keys of the page do here. */
export function useRestoreDeeds(): void {
  const { putBack: words } = useWords();
  const undo = useUndo();
  const openCopy = useOpenCopy();
  useEffect(() => {
    historyDeeds.undoLast = () => {
      const { lastUndos } = useRestores.getState();
      if (lastUndos.length > 0) void undo(lastUndos);
      else notifications.show({ message: words.nothingToUndo, autoClose: 4_000 });
    };
    historyDeeds.openCopy = openCopy;
    return () => {
      delete historyDeeds.undoLast;
      delete historyDeeds.openCopy;
    };
  }, [undo, openCopy, words]);
}

function jobIdsOf(): readonly string[] {
  const { run } = useRestores.getState();
  return run.kind === 'none' ? [] : run.jobIds;
}
