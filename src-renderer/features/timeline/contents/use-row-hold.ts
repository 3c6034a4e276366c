/**
 * Pressing a row and dragging it. A press on one of several chosen rows leaves the others chosen until the button is let go,
 * so that all of them can be dragged; everything else is chosen at once. The same object for as long as the view is there.
 */
import { useMemo, useRef, type DragEvent, type MouseEvent } from 'react';
import { isDesktop } from '../../../core-link/desktop.ts';
import { groupsOf } from '../put-back/put-back-plan.ts';
import { useHistory } from '../use-history.ts';
import { historyDeeds, useHistoryView } from '../view-store.ts';
import { waitsForRelease, type ChoiceMode, type EntryRow, type Row } from './rows.ts';
import type { Choosing } from './use-choosing.ts';

export interface RowHold {
  /** What an element that shows the row listens to. */
  of(row: Row): {
    readonly draggable?: boolean;
    onMouseDown?(event: MouseEvent): void;
    onClick?(event: MouseEvent): void;
    onDragStart?(event: DragEvent): void;
  };
}

export function useRowHold(choosing: Choosing): RowHold {
  const { point } = useHistory();
  const latest = useRef({ choosing, point });
  latest.current = { choosing, point };
  return useMemo(() => {
    let waiting: { readonly key: string; readonly mode: ChoiceMode } | null = null;
    const press = (event: MouseEvent, { key }: EntryRow): void => {
      if (event.button !== 0) return;
      const mode = modeOf(event);
      const { chosen, pick } = latest.current.choosing;
      waiting = waitsForRelease(chosen, key, mode) ? { key, mode } : null;
      if (waiting === null) pick(key, mode);
    };
    const release = ({ key }: EntryRow): void => {
      if (waiting?.key === key) latest.current.choosing.pick(key, waiting.mode);
      waiting = null;
    };
    const drag = (event: DragEvent): void => {
      waiting = null;
      const { selection, openSheet } = useHistoryView.getState();
      const { point: at } = latest.current;
      if (at !== undefined)
        historyDeeds.dragOut?.(event, groupsOf(selection, at), () => openSheet('putCopy'));
    };
    return {
      of: (row) =>
        row.kind === 'entry'
          ? {
              draggable: isDesktop(),
              onMouseDown: (event) => press(event, row),
              onClick: () => release(row),
              onDragStart: drag,
            }
          : {},
    };
  }, []);
}

/** As pointers choose everywhere. */
function modeOf(event: MouseEvent): ChoiceMode {
  if (event.shiftKey) return 'extend';
  return event.ctrlKey || event.metaKey ? 'toggle' : 'only';
}
