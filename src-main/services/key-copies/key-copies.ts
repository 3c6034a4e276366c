/**
 * Copies of the small files without which a place cannot be opened, its config and keys, kept in the state and, with the
 * settings, in every other place. Owns when they are taken and what is known to be lacking; the bytes are sealed, no secret
 * is in them. Never forgets a file because a place no longer has it: that is what the copies are for. Source: product notes,
 * section 5, E6; `docs/design/keys.md`.
 */
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { EngineCalls } from '#contract/engine/engine-calls.ts';
import type { KeyCopy, LackingFile, PutBackEntry } from '#contract/engine/engine-values.ts';
import { accessTo } from '#services/places/place-access.ts';
import type { Place } from '#services/state/places-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';

/** What opening a place fails with when one of these files may be the reason. */
const SUSPICIOUS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'repository.notFound',
  'repository.configInvalid',
  'repository.keyInvalid',
  'repository.secretNeeded',
  'repository.wrongPassword',
  'storage.wrongDrive',
]);

export interface KeyCopiesParts {
  readonly state: StateFile;
  readonly engine: { readonly calls: CallClient<EngineCalls> };
  /** What is lacking somewhere is not what it was. */
  onChange(): void;
}

export class KeyCopies {
  readonly #parts: KeyCopiesParts;
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #lacking = new Map<string, readonly LackingFile[]>();

  constructor(parts: KeyCopiesParts) {
    this.#parts = parts;
  }

  /** What the place has lost, as far as it was looked for; empty: nothing that is known. */
  lackingIn(placeId: string): readonly LackingFile[] {
    return this.#lacking.get(placeId) ?? [];
  }

  /**
   * The place opens: takes what it has into the copy. `replaces`: keys were changed on purpose just now, so that what is gone
   * was withdrawn.
   * @throws what opening the place throws
   */
  refresh(place: Place, { replaces = false } = {}): Promise<void> {
    // One after the other: what was found before a key was withdrawn must not be written after it.
    const turn = (this.#refreshing.get(place.id) ?? Promise.resolve()).then(() =>
      this.#refresh(place, replaces),
    );
    this.#refreshing.set(
      place.id,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #refresh(place: Place, replaces: boolean): Promise<void> {
    const { state, engine } = this.#parts;
    const before = this.#copyOf(place.id);
    const found = await engine.calls['place.copyKeys']({ access: accessTo(place), known: before });
    this.#note(place.id, []);
    if (found === null) return;
    const kept = replaces
      ? []
      : (before?.keys ?? []).filter(({ id }) => found.keys.every((key) => key.id !== id));
    const copy: KeyCopy = { ...found, keys: [...found.keys, ...kept] };
    if (JSON.stringify(copy) === JSON.stringify(before)) return;
    await state.commitAnyway((writer) =>
      putSetting(writer, 'keyCopies', { ...getSetting(writer, 'keyCopies'), [place.id]: copy as never }),
    );
  }

  /** Something failed there with `code`: looks whether one of these files is why. Never throws. */
  async suspect(place: Place, code: ErrorCode): Promise<void> {
    const copy = this.#copyOf(place.id);
    if (copy === undefined || !SUSPICIOUS.has(code)) return;
    try {
      const access = accessTo(place);
      const isConfigInvalid = code === 'repository.configInvalid';
      this.#note(
        place.id,
        await this.#parts.engine.calls['place.lackingKeys']({ access, copy, isConfigInvalid }),
      );
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      // It cannot be reached; that is told by others.
    }
  }

  /**
   * Writes from the copy what is lacking, and nothing else.
   * @param password of the person, where this computer's own key does not open the copy
   * @throws request.notFound without a copy; repository.wrongPassword, storage.wrongDrive, storage.*, repository.locked
   */
  async mend(place: Place, keptIn: string, password: string | null): Promise<readonly PutBackEntry[]> {
    const copy = this.#copyOf(place.id);
    const access = accessTo(place);
    const written = await this.#parts.engine.calls['place.putBackKeys']({
      access,
      copy: copy ?? null,
      keptIn,
      password,
    });
    this.#note(place.id, []);
    return written;
  }

  #copyOf(placeId: PlaceId): KeyCopy | undefined {
    return this.#parts.state.read((reader) => getSetting(reader, 'keyCopies'))?.[placeId];
  }

  #note(placeId: string, lacking: readonly LackingFile[]): void {
    const before = this.lackingIn(placeId);
    this.#lacking.set(placeId, lacking);
    if (before.join() !== lacking.join()) this.#parts.onChange();
  }
}
