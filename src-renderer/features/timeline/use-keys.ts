/** Does what keys ask for, for the whole page. What lies over the page is closed first, by `Esc`, from above to below. */
import { useEffect, useRef } from 'react';
import { bandDeeds } from './band/band-deeds.ts';
import { contentsDeeds } from './contents/contents-deeds.ts';
import { commandOf, type Command, type Focus } from './keys.ts';
import { DAY_MS } from './band/time-scale.ts';
import { useHistory, type History } from './use-history.ts';
import { useMoving, type Moving } from './use-moving.ts';
import { historyDeeds, useHistoryView } from './view-store.ts';
import { parentPath } from './wire-path.ts';

const ZOOM_FACTOR = 0.6;

export function useKeys(): void {
  const moving = useMoving();
  const history = useHistory();
  const latest = useRef<History>(history);
  latest.current = history;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      if (typeAhead(event)) return event.preventDefault();
      const focus = focusOf(event.target);
      const command = commandOf(event, focus ?? 'page');
      if (command === null || (focus === null && !isForTable(command))) return;
      if (!execute(command, moving, latest.current)) return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [moving]);
}

/**
 * The search is open and its field has not got the focus yet, which for a moment even the frame around it has: what is typed
 * is meant for the field.
 */
function typeAhead({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const { isSearchOpen, searchText, set } = useHistoryView.getState();
  if (!isSearchOpen || key.length !== 1 || ctrlKey || metaKey || altKey) return false;
  if (target instanceof Element && target.closest('.search-panel') !== null) return false;
  set({ searchText: searchText + key });
  return true;
}

/** The table of the bars lies over the page, and shows what zoom does. */
function isForTable({ kind }: Command): boolean {
  return kind === 'zoom' && useHistoryView.getState().sheet === 'heatTable';
}

/** Null: something over the page has the focus and its own keys. */
function focusOf(target: EventTarget | null): Focus | null {
  if (!(target instanceof Element)) return 'page';
  // What lay over the page is closed by this very key already.
  if (!target.isConnected) return null;
  if (target.closest('[role="dialog"], [role="menu"]') !== null) return null;
  if (target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"]') !== null)
    return 'field';
  if (target.closest('[role="tablist"], [role="separator"], [role="listbox"], video, audio') !== null)
    return 'arrows';
  return target.closest('button, a, summary, input, [role="button"], [role="switch"]') === null
    ? 'page'
    : 'control';
}

/** @returns whether the key was used */
function execute(command: Command, moving: Moving, { point, isNow }: History): boolean {
  const view = useHistoryView.getState();
  const hasSelection = view.selection.length > 0;
  switch (command.kind) {
    case 'jump':
      void moving.jump(command.direction);
      return true;
    case 'step':
      moving.step(command.direction);
      return true;
    case 'travel':
      view.travel(command.direction);
      return true;
    case 'version':
      if (view.selection.length !== 1) return false;
      if (historyDeeds.stepVersion?.(command.direction) !== true) void moving.jump(command.direction);
      return true;
    case 'move':
      if (contentsDeeds.current === null) return false;
      contentsDeeds.current.move(command.by, command.isExtending);
      return true;
    case 'end':
      moving.goToEnd(command.end);
      return true;
    case 'zoom':
      return zoom(command.to);
    case 'parent': {
      const parent = parentPath(view.folder);
      if (parent === null) return false;
      view.openFolder(parent, { select: [view.folder] });
      return true;
    }
    case 'open':
      if (view.isChoosingCompare && view.compareWithId !== null) view.set({ isChoosingCompare: false });
      else contentsDeeds.current?.open();
      return true;
    case 'chooseAll':
      contentsDeeds.current?.chooseAll();
      return true;
    case 'preview':
      if (historyDeeds.blink?.() === true) return true;
      if (!hasSelection && !view.isPreviewLarge) return false;
      view.set({ isPreviewLarge: !view.isPreviewLarge, isInspectorOpen: true });
      return true;
    case 'strip':
      if (!hasSelection && !view.isStripWide) return false;
      view.set({ isStripWide: !view.isStripWide, isInspectorOpen: true });
      return true;
    case 'compare':
      view.compareWith(view.compareWithId === null ? 'now' : null);
      return true;
    case 'chooseCompare':
      view.set({ isChoosingCompare: !view.isChoosingCompare });
      return true;
    case 'deleted':
      view.set({ showDeleted: !view.showDeleted });
      return true;
    case 'search':
      view.openSearch();
      return true;
    case 'date':
      view.openSheet('date');
      return true;
    case 'now':
      moving.goToNow();
      return true;
    case 'putBack':
    case 'putCopy':
      if (!hasSelection) return false;
      view.openSheet(command.kind);
      return true;
    case 'undo':
      if (historyDeeds.undoLast === undefined) return false;
      historyDeeds.undoLast();
      return true;
    case 'keep':
      if (point === undefined || (isNow && point === undefined)) return false;
      view.openSheet('keep');
      return true;
    case 'help':
      view.openSheet('keys');
      return true;
    case 'region':
    case 'regionBack':
      return moveRegion(command.kind === 'region' ? 1 : -1);
    case 'close':
      return closeTop();
  }
}

function zoom(to: 'in' | 'out' | 'all' | 'day'): boolean {
  const band = bandDeeds.current;
  if (band === null) return false;
  if (to === 'all') band.zoomTo(band.whole);
  else if (to === 'day') band.zoomToLast(DAY_MS);
  else band.zoomBy(to === 'in' ? ZOOM_FACTOR : 1 / ZOOM_FACTOR);
  return true;
}

/** One thing at a time; what the person did not open stays. */
function closeTop(): boolean {
  const view = useHistoryView.getState();
  if (view.sheet !== 'none') view.openSheet('none');
  else if (view.isPreviewLarge) view.set({ isPreviewLarge: false });
  else if (view.isSearchOpen) view.closeSearch();
  else if (view.isStripWide) view.set({ isStripWide: false });
  else if (view.isChoosingCompare) view.set({ isChoosingCompare: false });
  else if (view.compareWithId !== null) view.compareWith(null);
  else if (view.selection.length > 0) view.select([]);
  else return false;
  return true;
}

const FOCUSABLE = '[tabindex="0"], button:not([tabindex="-1"]):not(:disabled), input, a[href]';

/** The parts of the page, the navigation beside it, and what a toast offers. */
function moveRegion(by: -1 | 1): boolean {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.querySelector(FOCUSABLE) !== null,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length] ?? regions[0];
  const preferred = next?.querySelector<HTMLElement>('[role="slider"], [role="grid"]');
  (preferred ?? next?.querySelector<HTMLElement>(FOCUSABLE))?.focus();
  return next !== undefined;
}
