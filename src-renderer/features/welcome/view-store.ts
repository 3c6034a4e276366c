/**
 * What the person has chosen so far in the first run, and on which of its screens they are. Kept while the window is
 * open, so that going back loses nothing. Holds no secret: codes are held by core-link/held-codes.ts.
 */
import type { PlaceOptions } from '#contract/app/place-options.ts';
import { create } from 'zustand';
import type { KnownFolder } from '#contract/app/machine-calls.ts';
import type { ExclusionPreset, WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../text/show-name.ts';

export type Screen = 'question' | 'folders' | 'places' | 'safe';

export type FolderReason = 'missing' | 'canBeFetchedAgain' | 'isLarge' | 'ofAnotherProgram' | 'insideAnother';

export interface FolderChoice {
  readonly folder: WirePath;
  /** Null: the person has added it. */
  readonly known: KnownFolder | null;
  readonly reason: FolderReason | null;
  readonly isTicked: boolean;
}

export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
  readonly unreadable: number;
  readonly isDone: boolean;
  /** There is more than was counted. */
  readonly isCut: boolean;
}

export interface PlaceChoice {
  readonly location: string;
  /** Set beyond the address. */
  readonly options?: PlaceOptions;
  readonly name: string;
  readonly kind: 'drive' | 'network' | 'folder' | 'existing';
  readonly freeBytes: number | null;
  readonly sameDiskAsHome: boolean;
  readonly isRemovable: boolean;
}

export interface Started {
  readonly placeId: string;
  readonly planId: string;
  readonly notRemembered: string | null;
}

interface Welcome {
  readonly screen: Screen;
  /** Null until the core has said which there are. */
  readonly folders: readonly FolderChoice[] | null;
  /** By `nameKey` of the folder. */
  readonly sizes: Readonly<Record<string, FolderSize>>;
  /** Null until the core has said which are usual. */
  readonly presets: readonly ExclusionPreset[] | null;
  /** A folder that the person has chosen, among the places that were found. */
  readonly ownPlaces: readonly PlaceChoice[];
  readonly location: string | null;
  readonly started: Started | null;
  /** Place and plan are being made: the mirror tells of them before the screen is left. */
  readonly isStarting: boolean;
  /** A place that was made by a try that did not get further. */
  readonly madePlace: (Omit<Started, 'planId'> & { readonly location: string }) | null;
}

export const useWelcome = create<Welcome>(() => ({
  screen: 'question',
  folders: null,
  sizes: {},
  presets: null,
  ownPlaces: [],
  location: null,
  started: null,
  isStarting: false,
  madePlace: null,
}));

const { setState: set } = useWelcome;

/** Each has an address of its own, for the way back that a browser has. */
export function showScreen(screen: Exclude<Screen, 'safe'>): void {
  set({ screen });
  location.hash = screen === 'question' ? '#/welcome' : `#/welcome/${screen}`;
}

/** The address says another screen. What has begun stays in sight; what lacks its choices begins at them. */
export function followAddress(name: string | undefined): void {
  set(({ started, isStarting, folders }) => {
    if (started !== null || isStarting) return {};
    if (name === 'places' && folders !== null) return { screen: 'places' };
    return { screen: name === 'places' || name === 'folders' ? 'folders' : 'question' };
  });
}

export function tickFolder(folder: WirePath, isTicked: boolean): void {
  set(({ folders }) => ({
    folders: (folders ?? []).map((each) =>
      nameKey(each.folder) === nameKey(folder) ? { ...each, isTicked } : each,
    ),
  }));
}

/** One that is in the list already is ticked instead. */
export function addFolder(folder: WirePath): void {
  set(({ folders }) => {
    const known = folders ?? [];
    if (known.some((each) => nameKey(each.folder) === nameKey(folder)))
      return {
        folders: known.map((each) =>
          nameKey(each.folder) === nameKey(folder) ? { ...each, isTicked: true } : each,
        ),
      };
    return { folders: [...known, { folder, known: null, reason: null, isTicked: true }] };
  });
}

export function removeFolder(folder: WirePath): void {
  set(({ folders }) => ({
    folders: (folders ?? []).filter((each) => nameKey(each.folder) !== nameKey(folder)),
  }));
}

export function noteSize(folder: WirePath, size: FolderSize): void {
  set(({ sizes }) => ({ sizes: { ...sizes, [nameKey(folder)]: size } }));
}
