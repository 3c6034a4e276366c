/**
 * What a person is asked or told once in a while although nothing is wrong: whether the recovery kit is still at hand, and
 * in the first weeks a trial of getting something back and a word about a single place. Reminders are told and shown like
 * problems and take nothing from how well everything is protected. Pure. Source: product notes, section 3, "Keeping it
 * alive" and "Second week".
 */
import type { Problem, ReminderCode } from '#contract/protection-codes.ts';
import {
  KIT_ASKED_AFTER_MS,
  KIT_ASKED_EVERY_MS,
  ONE_PLACE_AFTER_MS,
  TRIAL_AFTER_MS,
} from './health-limits.ts';

export interface KitFacts {
  readonly placeId: string;
  /** When it was first shown to open the place. */
  readonly provenAtMs: number;
  /** When somebody last had it in their hands. */
  readonly seenAtMs: number;
}

export interface ReminderFacts {
  /** Of places that plans use and whose recovery is proven; the others have a problem of their own. */
  readonly kits: readonly KitFacts[];
  /** Plans save to these. */
  readonly placeIds: readonly string[];
  /** Since when anything is protected; absent: nothing is. */
  readonly protectedSinceMs?: number;
  /** Safe in their places, each counted once a place. */
  readonly versionCount: number;
  /** Something has been got back at some time. */
  readonly hasPutBack: boolean;
  /** Nothing needs the person but this. */
  readonly isWell: boolean;
  /** Keys of reminders that the person has said enough to. */
  readonly dismissed: readonly string[];
  readonly nowMs: number;
}

export function remind(facts: ReminderFacts): Problem[] {
  const all = [...findKits(facts), ...tryRestore(facts), ...onePlace(facts)];
  return all.filter(({ key }) => !facts.dismissed.includes(key));
}

/**
 * When the kit is to be looked for next: after some months, counted from the proof, then yearly. What was missed is not
 * made up for: the next one counts.
 */
export function nextKitQuestionMs({ provenAtMs, seenAtMs }: Omit<KitFacts, 'placeId'>): number {
  for (const afterMs of KIT_ASKED_AFTER_MS) if (provenAtMs + afterMs > seenAtMs) return provenAtMs + afterMs;
  const firstYearlyMs = provenAtMs + KIT_ASKED_AFTER_MS.at(-1)! + KIT_ASKED_EVERY_MS;
  const years = Math.max(0, Math.floor((seenAtMs - firstYearlyMs) / KIT_ASKED_EVERY_MS) + 1);
  return firstYearlyMs + years * KIT_ASKED_EVERY_MS;
}

/** One question however many kits there are. */
function findKits({ kits, nowMs }: ReminderFacts): Problem[] {
  const placeIds = kits
    .filter((kit) => nextKitQuestionMs(kit) <= nowMs)
    .map(({ placeId }) => placeId)
    .sort();
  return placeIds.length === 0 ? [] : [reminder('kitToFind', placeIds)];
}

function tryRestore(facts: ReminderFacts): Problem[] {
  const { protectedSinceMs, versionCount, hasPutBack, isWell, nowMs } = facts;
  if (protectedSinceMs === undefined || versionCount === 0 || hasPutBack || !isWell) return [];
  const ageMs = nowMs - protectedSinceMs;
  if (ageMs < TRIAL_AFTER_MS.from || ageMs >= TRIAL_AFTER_MS.to) return [];
  return [{ ...reminder('tryRestore', []), versionCount }];
}

function onePlace({ protectedSinceMs, placeIds, isWell, nowMs }: ReminderFacts): Problem[] {
  if (protectedSinceMs === undefined || placeIds.length !== 1 || !isWell) return [];
  return nowMs - protectedSinceMs < ONE_PLACE_AFTER_MS ? [] : [reminder('onePlace', placeIds)];
}

function reminder(code: ReminderCode, placeIds: readonly string[]): Problem {
  return { key: code, code, level: 'notice', state: 'protected', planIds: [], placeIds };
}
