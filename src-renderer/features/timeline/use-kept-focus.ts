/** Where something that has the focus goes, the contents get it: whoever uses keys is not to begin anew at the top of the window. */
import { useEffect } from 'react';
import { contentsDeeds } from './contents/contents-deeds.ts';
import { useHistoryView, type HistoryView } from './view-store.ts';

/** What slides away holds the focus until it is out of sight. */
const LOOKS_MS = [0, 250, 600] as const;

export function useKeptFocus(): void {
  useEffect(() => {
    let timers: ReturnType<typeof setTimeout>[] = [];
    const stop = (): void => timers.forEach((timer) => clearTimeout(timer));
    const unsubscribe = useHistoryView.subscribe((view, before) => {
      if (!hasGone(view, before)) return;
      stop();
      timers = LOOKS_MS.map((afterMs) => setTimeout(focusIfLost, afterMs));
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, []);
}

export function focusIfLost(): void {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) contentsDeeds.current?.focus();
}

/** A part of the page in which the focus may have been. */
function hasGone(view: HistoryView, before: HistoryView): boolean {
  return (
    (before.sheet !== 'none' && view.sheet === 'none') ||
    (before.isSearchOpen && !view.isSearchOpen) ||
    (before.isPreviewLarge && !view.isPreviewLarge) ||
    (before.isStripWide && !view.isStripWide) ||
    (before.isInspectorOpen && !view.isInspectorOpen) ||
    (before.selection.length > 0 && view.selection.length === 0) ||
    (before.compareWithId === null) !== (view.compareWithId === null)
  );
}
