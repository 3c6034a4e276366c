/** The steps of getting things back, and what each has in hand. Pure. */
import type { PlaceOptions } from '#contract/app/place-options.ts';

export interface FoundBackup {
  readonly location: string;
  /** Set beyond the address. */
  readonly options: PlaceOptions;
  readonly name: string;
}

/** As `adopt.look` tells it. */
export interface SavedState {
  readonly snapshotId: string;
  readonly savedAtMs: number;
  readonly hostname: string;
  readonly planNames: readonly string[];
  readonly placeNames: readonly string[];
}

export type RecoverStep =
  | { readonly kind: 'where' }
  | { readonly kind: 'open'; readonly backup: FoundBackup }
  | {
      readonly kind: 'choose';
      readonly backup: FoundBackup;
      readonly password: string;
      readonly states: readonly SavedState[];
    }
  | {
      readonly kind: 'done';
      /** What was brought back; null: the place was opened alone. */
      readonly taken: { readonly plans: number; readonly places: number } | null;
      readonly notRemembered: string | null;
    };

export interface ComputerStates {
  readonly hostname: string;
  readonly newest: SavedState;
  /** Newest first. */
  readonly older: readonly SavedState[];
}

/** By computer, the one that saved last on top. */
export function byComputer(states: readonly SavedState[]): readonly ComputerStates[] {
  const computers = new Map<string, SavedState[]>();
  for (const state of [...states].sort((a, b) => b.savedAtMs - a.savedAtMs))
    computers.set(state.hostname, [...(computers.get(state.hostname) ?? []), state]);
  return [...computers].flatMap(([hostname, [newest, ...older]]) =>
    newest === undefined ? [] : [{ hostname, newest, older }],
  );
}

/** The last part of an address, for a name that can be changed. */
export function nameOfLocation(location: string): string {
  return (
    location
      .split(/[/\\:]/)
      .filter((part) => part !== '')
      .at(-1) ?? location
  );
}
