/**
 * Dragging out of the window, for the page: does it (`historyDeeds.dragOut`), shows under the pointer that something is got
 * ready as long as the button is held, and says in a toast what comes after.
 */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { dragOut, isDesktop } from '../../../core-link/desktop.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { useHistory } from '../use-history.ts';
import { historyDeeds } from '../view-store.ts';
import { shareOf } from '../put-back/share-of.ts';
import { DragRun, type DragAsk, type DragNews } from './drag-run.ts';
import './hand-out.css';

const TOAST = 'drag-out';
const TOAST_MS = 20_000;

export function DragOut() {
  return isDesktop() ? <DragOutOfWindow /> : null;
}

function DragOutOfWindow() {
  const { handOut: words } = useWords();
  const say = useSaying();
  const { placeId } = useHistory();
  const { calls } = useCore();
  const chip = useRef<HTMLDivElement>(null);
  const [getting, setGetting] = useState<Extract<DragNews, { kind: 'getting' }>>();
  const latest = useRef({ say, placeId });
  latest.current = { say, placeId };
  useEffect(() => {
    const tell = (news: DragNews): void => {
      const isUnderHand = news.kind === 'getting' && news.isHeld;
      setGetting(isUnderHand ? news : undefined);
      if (isUnderHand) notifications.hide(TOAST);
      else latest.current.say(news, () => run.stop());
    };
    const run = new DragRun({
      start: ({ placeId: from, from: groups }) =>
        calls['jobs.start']({
          kind: 'handOut',
          placeId: from,
          from: groups.map(({ snapshotId, paths }) => ({ snapshotId, paths: [...paths] })),
          zipName: null,
        }),
      wait: (jobId, onProgress) =>
        calls['jobs.wait']({ jobId }, { onProgress: ({ progress }) => onProgress(shareOf(progress)) }),
      cancel: (jobId) => void calls['jobs.cancel']({ jobId }).catch(() => undefined),
      dragOut,
      tell,
    });
    const moveChip = ({ clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>): void => {
      chip.current?.style.setProperty('translate', `${clientX + 14}px ${clientY + 14}px`);
    };
    const follow = (event: MouseEvent): void => {
      if (event.buttons === 0) run.release();
      else moveChip(event);
    };
    const release = (): void => run.release();
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') run.stop();
    };
    window.addEventListener('mousemove', follow);
    window.addEventListener('mouseup', release);
    window.addEventListener('keydown', leave);
    historyDeeds.dragOut = (event, groups, insteadOf) => {
      // The page's own drag would only carry text.
      event.preventDefault();
      const { placeId: from } = latest.current;
      if (from === null || groups.length === 0) return;
      moveChip(event);
      run.begin({ placeId: from, from: groups, insteadOf });
    };
    return () => {
      window.removeEventListener('mousemove', follow);
      window.removeEventListener('mouseup', release);
      window.removeEventListener('keydown', leave);
      delete historyDeeds.dragOut;
      run.stop();
    };
  }, [calls]);
  const what = useNaming();
  return (
    <div ref={chip} className="drag-chip" hidden={getting === undefined} role="status">
      {getting !== undefined && (
        <>
          <b>{words.getting(what(getting.ask))}</b>
          <Progress label={words.getting(what(getting.ask))} done={getting.share} />
          <span>{words.keepHolding}</span>
        </>
      )}
    </div>
  );
}

/** "“letter.txt”", "3 items". */
function useNaming(): (ask: DragAsk) => string {
  const { handOut: words } = useWords();
  const formats = useFormats();
  return ({ from }) => {
    const paths = from.flatMap((group) => group.paths);
    const [only, ...others] = paths;
    return only !== undefined && others.length === 0
      ? words.quoted(showLastName(only))
      : words.items(formats.count(paths.length));
  };
}

/** Says news in a toast, one at a time. */
function useSaying(): (news: DragNews, stop: () => void) => void {
  const { handOut: words } = useWords();
  const sentences = useCoreSentences();
  const formats = useFormats();
  const naming = useNaming();
  const isShown = useRef(false);
  return (news, stop) => {
    const show = (
      message: ReactNode,
      more: { autoClose?: number | false; color?: string; loading?: boolean },
    ) => {
      const toast = { id: TOAST, message, autoClose: false as const, loading: false, color: 'tide', ...more };
      if (isShown.current) notifications.update(toast);
      else notifications.show({ ...toast, onClose: () => (isShown.current = false) });
      isShown.current = true;
    };
    const hide = (): void => {
      notifications.hide(TOAST);
      isShown.current = false;
    };
    if (news.kind === 'over') return hide();
    const what = naming(news.ask);
    const isOne = news.ask.from.flatMap(({ paths }) => paths).length === 1;
    switch (news.kind) {
      case 'getting':
        return show(
          <div className="hand-out-toast">
            <p>{words.getting(what)}</p>
            <Button variant="default" size="compact-sm" onClick={stop}>
              {words.stop}
            </Button>
          </div>,
          { loading: true },
        );
      case 'ready':
        return show(
          <>
            <p>{words.ready(what, isOne)}</p>
            {news.missing > 0 && <p>{words.readyExcept(what, formats.count(news.missing))}</p>}
          </>,
          { autoClose: TOAST_MS },
        );
      case 'given':
        if (news.missing === 0) return hide();
        return show(words.readyExcept(what, formats.count(news.missing)), { color: 'yellow' });
      case 'failed':
        show(failure(news, words.dragFailed, sentences), { color: 'red' });
        if (news.job?.error?.code === 'files.tooMuchToDrag') news.ask.insteadOf();
    }
  };
}

function failure(
  { job, error }: Extract<DragNews, { kind: 'failed' }>,
  other: string,
  sentences: ReturnType<typeof useCoreSentences>,
): string {
  if (job?.error) return sentences.wireError(job.error);
  return error === undefined ? other : sentences.error(error);
}
