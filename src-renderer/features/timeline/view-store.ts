/**
 * What the person looks at in the history: where, when, what is chosen, what is open over it. View state alone; what the
 * core has said is in `use-history.ts`. Every part of the page reads this, and changes it by its actions only. The range
 * of the band changes with every frame of a drag: read it by `subscribe`, not by drawing anew.
 */
import type { DragEvent } from 'react';
import { create } from 'zustand';
import type { EntryKind, PointRef } from './wire-types.ts';
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../text/show-name.ts';

/** Something chosen in the folder in view. */
export interface SelectedItem {
  /** Absolute in the version. */
  readonly path: WirePath;
  readonly label: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** It is not there at the moment in view: last seen, first missed. */
  readonly deleted?: { readonly lastSeen: PointRef; readonly firstMissed: PointRef };
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export type InspectorTab = 'preview' | 'versions' | 'difference' | 'about';
export type ContentsView = 'list' | 'icons' | 'columns';
export type SortColumn = 'name' | 'size' | 'modified' | 'changes' | 'now';
export interface Sorting {
  readonly by: SortColumn;
  readonly isDescending: boolean;
}

/** What lies over the page; one at a time. `keep`: keep this point for ever, with a label. */
export type Sheet =
  'none' | 'putBack' | 'putCopy' | 'export' | 'erase' | 'keep' | 'keys' | 'date' | 'heatTable';

/** Where in history the page stands: what going back and forward in browsing returns to. */
export interface Standing {
  readonly placeId: string | null;
  readonly series: string | null;
  readonly folder: WirePath;
  /** Null: now, which is the newest point there is. */
  readonly pointId: string | null;
}

export interface HistoryView extends Standing {
  readonly selection: readonly SelectedItem[];
  readonly inspectorTab: InspectorTab;
  readonly isInspectorOpen: boolean;
  /** The preview over the whole window (`Space`). */
  readonly isPreviewLarge: boolean;
  /** The version strip across the window (`V`). */
  readonly isStripWide: boolean;
  readonly isSearchOpen: boolean;
  readonly searchText: string;
  /** The second playhead; the point in view is compared with it. `'now'`: the newest point. Null: not comparing. */
  readonly compareWithId: string | null;
  /** The next click on the band places the second playhead, and until then keys move it (`Shift + D`). */
  readonly isChoosingCompare: boolean;
  readonly sheet: Sheet;
  readonly contentsView: ContentsView;
  readonly sorting: Sorting;
  readonly showDeleted: boolean;
  /** More deleted things than are shown among the others, unfolded by the person. */
  readonly areGhostsUnfolded: boolean;
  /** What of time the band shows. Null until the points are known. */
  readonly range: TimeRange | null;
  /** The place that was left by itself because it went away, for the way back. */
  readonly leftPlaceId: string | null;
  /** The point left for `Now`, for the way back by `Then`. */
  readonly thenId: string | null;
  /** Names that `select=` of the address or a search asks to be chosen once the folder is there. */
  readonly wantedNames: readonly WirePath[];
  readonly back: readonly Standing[];
  readonly forward: readonly Standing[];
}

export interface HistoryActions {
  /** Null: now. Closes nothing; the selection is kept by path. */
  goTo(pointId: string | null): void;
  /** Opens a folder, at another point where one is given. `select`: paths in it to choose. */
  openFolder(folder: WirePath, options?: { pointId?: string | null; select?: readonly WirePath[] }): void;
  /** Another place or computer: begins at its newest point. */
  openSource(placeId: string, series: string, folder: WirePath): void;
  /** The same series in another place: folder, choice and range stay. `insteadOf`: a place that went away. */
  changePlace(placeId: string, pointId: string | null, insteadOf?: string): void;
  select(items: readonly SelectedItem[]): void;
  /** Alt + arrow: -1 back, 1 forward. */
  travel(direction: -1 | 1): void;
  showTab(tab: InspectorTab): void;
  openSearch(text?: string): void;
  closeSearch(): void;
  openSheet(sheet: Sheet): void;
  /** @param isChosen false: it is still being chosen, by keys */
  compareWith(pointId: string | null, isChosen?: boolean): void;
  setRange(range: TimeRange): void;
  /** Any of the plain switches. */
  set(part: Partial<HistorySwitches>): void;
}

export type HistorySwitches = Pick<
  HistoryView,
  | 'isInspectorOpen'
  | 'isPreviewLarge'
  | 'isStripWide'
  | 'isChoosingCompare'
  | 'contentsView'
  | 'sorting'
  | 'showDeleted'
  | 'areGhostsUnfolded'
  | 'searchText'
  | 'wantedNames'
  | 'leftPlaceId'
>;

/** What other parts of the page do when a key or a button of it is pressed; each part puts in its own while it is there. */
export interface HistoryDeeds {
  /** `Ctrl + Z`. */
  undoLast?: () => void;
  /** "Download", "Save a copy…": of what is selected. */
  saveCopy?: () => void;
  /** "Open copy": of the one selected file. */
  openCopy?: () => void;
  /** What was begun to be dragged goes to another program. @param insteadOf where it is too much for that */
  dragOut?: (
    event: Pick<DragEvent, 'preventDefault' | 'clientX' | 'clientY'>,
    from: readonly { readonly snapshotId: string; readonly paths: readonly WirePath[] }[],
    insteadOf: () => void,
  ) => void;
  /** `[` `]`: the older or newer distinct version of the selected file. Whether there is one in the strip. */
  stepVersion?: (direction: -1 | 1) => boolean;
  /** `Space` while two versions are chosen: changes between them. Whether it did. */
  blink?: () => boolean;
}
export const historyDeeds: HistoryDeeds = {};

export type HistoryStore = HistoryView & HistoryActions;

/** More steps back than anybody takes. */
const MOST_STEPS = 100;

export const ROOT: WirePath = '/';

const START: HistoryView = {
  placeId: null,
  series: null,
  folder: ROOT,
  pointId: null,
  selection: [],
  inspectorTab: 'versions',
  isInspectorOpen: true,
  isPreviewLarge: false,
  isStripWide: false,
  isSearchOpen: false,
  searchText: '',
  compareWithId: null,
  isChoosingCompare: false,
  sheet: 'none',
  contentsView: 'list',
  sorting: { by: 'name', isDescending: false },
  showDeleted: true,
  areGhostsUnfolded: false,
  range: null,
  leftPlaceId: null,
  thenId: null,
  wantedNames: [],
  back: [],
  forward: [],
};

export const useHistoryView = create<HistoryStore>()((set) => ({
  ...START,
  goTo: (pointId) => set((view) => ({ pointId, thenId: pointId ?? view.pointId ?? view.thenId })),
  openFolder: (folder, { pointId, select = [] } = {}) =>
    set((view) => {
      const at = pointId === undefined ? view.pointId : pointId;
      const isSame = nameKey(folder) === nameKey(view.folder) && at === view.pointId;
      return {
        folder,
        pointId: at,
        thenId: at ?? view.thenId,
        wantedNames: select,
        ...(isSame ? {} : { ...leave(view), selection: [], areGhostsUnfolded: false }),
      };
    }),
  openSource: (placeId, series, folder) =>
    set((view) => {
      const isSame = placeId === view.placeId && series === view.series;
      if (isSame) return {};
      return {
        ...(view.placeId === null ? {} : leave(view)),
        placeId,
        series,
        folder,
        pointId: null,
        thenId: null,
        compareWithId: null,
        range: null,
        leftPlaceId: null,
        selection: [],
      };
    }),
  changePlace: (placeId, pointId, insteadOf) =>
    set((view) => ({
      ...leave(view),
      placeId,
      pointId,
      thenId: null,
      compareWithId: view.compareWithId === null ? null : 'now',
      leftPlaceId: insteadOf ?? null,
    })),
  select: (selection) => set({ selection }),
  travel: (direction) => set((view) => step(view, direction)),
  showTab: (inspectorTab) => set({ inspectorTab, isInspectorOpen: true }),
  openSearch: (searchText = '') => set({ isSearchOpen: true, searchText }),
  closeSearch: () => set({ isSearchOpen: false }),
  openSheet: (sheet) => set({ sheet }),
  compareWith: (compareWithId, isChosen = true) => set({ compareWithId, isChoosingCompare: !isChosen }),
  setRange: (range) => set({ range }),
  set: (part) => set(part),
}));

function standingOf({ placeId, series, folder, pointId }: HistoryView): Standing {
  return { placeId, series, folder, pointId };
}

function leave(view: HistoryView): Pick<HistoryView, 'back' | 'forward'> {
  return { back: [...view.back, standingOf(view)].slice(-MOST_STEPS), forward: [] };
}

function step(view: HistoryView, direction: -1 | 1): Partial<HistoryView> {
  const from = direction === -1 ? view.back : view.forward;
  const to = from.at(-1);
  if (to === undefined) return {};
  const rest = from.slice(0, -1);
  const here = standingOf(view);
  const isOtherSource = to.placeId !== view.placeId || to.series !== view.series;
  return {
    ...to,
    thenId: to.pointId ?? view.thenId,
    selection: [],
    ...(isOtherSource ? { range: null, compareWithId: null, leftPlaceId: null } : {}),
    ...(direction === -1
      ? { back: rest, forward: [...view.forward, here] }
      : { back: [...view.back, here], forward: rest }),
  };
}
