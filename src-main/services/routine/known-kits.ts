/**
 * What this computer remembers of recovery kits that were proven: when, when they were last at hand, and a mark by which
 * one group is told from the same group of an older kit. The mark is 12 bits of a digest, so it gives away at most that
 * much of a code of 160, whoever reads it; a group of another kit passes one time in 4096.
 */
import { hash } from 'node:crypto';
import { TidemarkError } from '#base/errors.ts';
import type { PlaceId } from '#contract/app/values.ts';
import { groupsOf, KIT_GROUP, readRecoveryCode, readRecoveryGroup } from '#contract/recovery-code.ts';
import { nextKitQuestionMs } from '#services/health/remind.ts';
import type { Place } from '#services/state/places-table.ts';
import { getSetting, putSetting, type Setting } from '#services/state/settings-table.ts';
import type { StateReader, StateWriter } from '#services/state/state-database.ts';

type KnownKit = Setting<'recoveryKits'>[PlaceId];

const MARK_DIGITS = 3;

/** A place of which nothing is noted was proven before this was kept: at some time since it was added. */
export function knownKit(reader: StateReader, place: Place): KnownKit {
  const kits = getSetting(reader, 'recoveryKits') ?? {};
  return kits[place.id] ?? { provenAtMs: place.addedAtMs, seenAtMs: place.addedAtMs, mark: null };
}

/**
 * The place was opened with what the person keeps. A second proof of the same kit counts as having found it.
 * @param typed empty: it need not have been the recovery code
 */
export function noteKitProven(writer: StateWriter, place: Place, typed: string, nowMs: number): void {
  const reading = readRecoveryCode(typed);
  const group = reading.kind === 'complete' ? groupsOf(reading.code)[KIT_GROUP - 1] : undefined;
  const mark = group === undefined ? null : markOf(place, group.reveal());
  const before = getSetting(writer, 'recoveryKits')?.[place.id];
  const isSame = place.isRecoveryProven && before !== undefined && before.mark === mark;
  putKit(writer, place.id, { provenAtMs: isSame ? before.provenAtMs : nowMs, seenAtMs: nowMs, mark });
}

export function forgetKit(writer: StateWriter, id: PlaceId): void {
  const { [id]: _gone, ...others } = getSetting(writer, 'recoveryKits') ?? {};
  putSetting(writer, 'recoveryKits', others);
}

export interface FoundKit {
  readonly isRight: boolean;
  /** When it is looked for again; null: it is not found. */
  readonly nextMs: number | null;
}

/** @throws request.invalidInput: mistyped, or nothing was proven that it could be of */
export function noteKitFound(writer: StateWriter, place: Place, typed: string, nowMs: number): FoundKit {
  const group = readRecoveryGroup(typed, KIT_GROUP);
  if ('kind' in group)
    throw new TidemarkError('request.invalidInput', {
      what: `group ${KIT_GROUP} of the recovery code`,
      reason: 'it is mistyped',
    });
  if (!place.isRecoveryProven)
    throw new TidemarkError('request.invalidInput', {
      what: `the recovery kit of "${place.name}"`,
      reason: 'it has not been proven yet',
    });
  const kit = knownKit(writer, place);
  if (kit.mark !== null && kit.mark !== markOf(place, group.reveal()))
    return { isRight: false, nextMs: null };
  const found = { ...kit, seenAtMs: nowMs };
  putKit(writer, place.id, found);
  return { isRight: true, nextMs: nextKitQuestionMs(found) };
}

function putKit(writer: StateWriter, id: PlaceId, kit: KnownKit): void {
  putSetting(writer, 'recoveryKits', { ...getSetting(writer, 'recoveryKits'), [id]: kit });
}

function markOf({ repositoryId }: Place, group: string): string {
  return hash('sha256', `tidemark kit\n${repositoryId ?? ''}\n${group}`).slice(0, MARK_DIGITS);
}
