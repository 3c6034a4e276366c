/** The deeds of putting back for components and keys: do it, take it back, do it again; each said in a toast that offers the next. */
import { notifications } from '@mantine/notifications';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { CoreContext, useCore, useMirror } from '../../../core-link/use-core.ts';
import type { PutBack } from '../../../parts/last-put-back.ts';
import { asksIn, takenBackOf, type RestoreAsk, type RestoreOutcome } from '../../../parts/restore-outcome.ts';
import { outcomeSentence, undoSentence } from '../../../parts/restore-words.ts';
import { useShowInFolder } from '../../../parts/use-show-in-folder.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import type { JobValue } from '../../../text/job-titles.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useOpenCopy } from '../hand-out/use-open-copy.tsx';
import { useSaveCopy } from '../hand-out/use-save-copy.tsx';
import { historyDeeds, useHistoryView } from '../view-store.ts';
import { parentPath } from '../wire-path.ts';
import { DoneToast } from './done-toast.tsx';
import { findOpenPutBack, isFresh, isSame } from './open-put-back.ts';
import { useRestores, type DoneRestore } from './restore-store.ts';
import { followRestore, runRestore, runUndo } from './run-restore.ts';

export interface RestoreDeeds {
  /** Does it, follows it to its end and tells of it. @throws what its start throws */
  putBack(asks: readonly RestoreAsk[]): Promise<RestoreOutcome>;
  /** Follows one that is under way, or rests, since before this window, and tells of its end. */
  follow(job: JobValue): Promise<void>;
  /** Takes it back, and offers to put it back again where its `asks` are known. */
  undo(done: DoneRestore): Promise<void>;
  /** Asks whether it is to be taken back: nobody has seen it for a while. */
  offerUndo(done: PutBack): void;
  /** The same once more, after it was taken back. Undefined: the person is to see first what it would remove. */
  againOf(asks: readonly RestoreAsk[]): (() => Promise<unknown>) | undefined;
}

/** How long a finished restore offers its undo; the history offers it for 30 days. */
const TOAST_MS = 30_000;
const DONE_TOAST = 'put-back';

export function useRestoring(): RestoreDeeds {
  const say = useCoreSentences();
  const core = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const showInFolder = useShowInFolder();
  return useMemo(() => {
    const { calls } = core;
    /** Where toasts are drawn, nobody else hands them the core. */
    const inCore = (toast: ReactNode): ReactNode => <CoreContext value={core}>{toast}</CoreContext>;
    const refuse = (error: unknown): void =>
      tell({ message: say.error(error), hasGone: false, id: DONE_TOAST });
    const tellEnd = (outcome: RestoreOutcome, asks: readonly RestoreAsk[]): void => {
      const target = asks[0]?.target ?? null;
      const done: DoneRestore = { asks, undos: outcome.undos };
      const again = deeds.againOf(asks);
      tell({
        id: DONE_TOAST,
        hasGone: outcome.state === 'done' || outcome.state === 'cancelled',
        message: inCore(
          <DoneToast
            sentence={outcomeSentence(outcome, target, { words, formats })}
            detail={outcome.error === null ? '' : say.wireError(outcome.error)}
            jobIds={outcome.problems > 0 ? jobIdsOf() : []}
            undos={outcome.undos}
            onUndo={() => void deeds.undo(done)}
            onAgain={outcome.undos.length === 0 ? undefined : again && (() => void again().catch(refuse))}
            onShow={outcome.inPlace === 0 ? undefined : showing(asks)}
          />,
        ),
      });
    };
    /** In the file manager; without one, on this page, which knows only where things came from. */
    const showing = (asks: readonly RestoreAsk[]): (() => void) | undefined => {
      if (showInFolder !== undefined) {
        const jobIds = jobIdsOf();
        return () => showInFolder(jobIds);
      }
      const paths = asks.flatMap((ask) => (ask.target === null ? ask.paths : []));
      const folder = paths[0] === undefined ? null : parentPath(paths[0]);
      return folder === null
        ? undefined
        : () => useHistoryView.getState().openFolder(folder, { pointId: null, select: paths });
    };
    const deeds: RestoreDeeds = {
      putBack: async (asks) => {
        // What it offers is about to be the last but one.
        notifications.hide(DONE_TOAST);
        const outcome = await runRestore(calls, asks);
        tellEnd(outcome, asks);
        return outcome;
      },
      follow: async (job) => {
        const outcome = await followRestore(calls, job);
        tellEnd(outcome, asksIn([job]));
      },
      undo: async ({ undos: all, asks }) => {
        const undos = takenBackOf(all, core.mirror.get()?.jobs ?? []).open;
        notifications.hide(DONE_TOAST);
        const id = notifications.show({ message: words.undoing, loading: true, autoClose: false });
        try {
          const outcome = await runUndo(calls, undos);
          const again = outcome.hasFailed ? undefined : deeds.againOf(asks);
          notifications.hide(id);
          tell({
            id: DONE_TOAST,
            hasGone: outcome.problems === 0 && !outcome.hasFailed,
            message: inCore(
              <DoneToast
                sentence={undoSentence(outcome, { words, formats })}
                detail={outcome.error === null ? '' : say.wireError(outcome.error)}
                onAgain={again && (() => void again().catch(refuse))}
              />,
            ),
          });
        } catch (error) {
          notifications.hide(id);
          refuse(error);
        }
      },
      offerUndo: (done) =>
        tell({
          id: DONE_TOAST,
          hasGone: true,
          message: inCore(
            <DoneToast
              sentence={words.undoOlder(formats.moment(done.endedAtMs, Date.now()))}
              detail=""
              undos={done.undos}
              onUndo={() => void deeds.undo(done)}
            />,
          ),
        }),
      againOf: (asks) =>
        asks.length === 0 || asks.some(({ rule }) => rule === 'exact')
          ? undefined
          : () => deeds.putBack(asks),
    };
    return deeds;
  }, [core, words, formats, say, showInFolder]);
}

/** Stays until it is closed where something did not go. */
function tell({ id, message, hasGone }: { id: string; message: ReactNode; hasGone: boolean }): void {
  // One that is there under the name would stay as it is.
  notifications.hide(id);
  notifications.show({ id, message, autoClose: hasGone ? TOAST_MS : false, color: hasGone ? 'tide' : 'red' });
}

/** What the keys of the page do here. */
export function useRestoreDeeds(): void {
  const { putBack: words } = useWords();
  const { undo, offerUndo, follow } = useRestoring();
  const { calls, mirror } = useCore();
  useFollowing(follow);
  const saveCopy = useSaveCopy();
  const openCopy = useOpenCopy();
  useEffect(() => {
    let offered: PutBack | null = null;
    const undoLast = async (): Promise<void> => {
      const last = await findOpenPutBack(calls, mirror.get()?.jobs ?? []);
      if (last === null) notifications.show({ message: words.nothingToUndo, autoClose: 4_000 });
      else if (isFresh(last) || isSame(last, offered)) await undo(last);
      else offerUndo(last);
      offered = last;
    };
    historyDeeds.undoLast = () => void undoLast();
    historyDeeds.saveCopy = saveCopy;
    historyDeeds.openCopy = openCopy;
    return () => {
      delete historyDeeds.undoLast;
      delete historyDeeds.saveCopy;
      delete historyDeeds.openCopy;
    };
  }, [undo, offerUndo, saveCopy, openCopy, words, calls, mirror]);
}

/** One that is under way, or rests, and was not begun by this page is followed: by the sheet, and to the telling of its end. */
function useFollowing(follow: RestoreDeeds['follow']): void {
  const run = useRestores((state) => state.run);
  const mirror = useMirror();
  const followed = useRef(new Set<string>());
  const begun = mirror?.jobs.find(
    ({ id, kind, endedAtMs }) =>
      kind === 'restore' && endedAtMs === null && (run.kind === 'none' || !run.jobIds.includes(id)),
  );
  const isFollowing = run.kind === 'running';
  useEffect(() => {
    if (begun === undefined || isFollowing || followed.current.has(begun.id)) return;
    // Once: where the link to the core is lost, there is nothing more to follow.
    followed.current.add(begun.id);
    follow(begun).catch(() => undefined);
  }, [begun, isFollowing, follow]);
}

function jobIdsOf(): readonly string[] {
  const { run } = useRestores.getState();
  return run.kind === 'none' ? [] : run.jobIds;
}
