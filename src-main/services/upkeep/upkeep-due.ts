/**
 * What keeps a place in order without anybody asking: thinning out, giving back room, proving what is stored, carrying
 * the settings, reading its history. Computed from what was done, so that nothing can be forgotten; never while a backup
 * is in hand there. Pure. Source: product notes, section 5, I8 and F3; section 4, "Slice".
 */
import type { JobRequest } from '#contract/app/job-values.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const UPKEEP_RHYTHM = {
  /** All that is stored is proven in so many daily slices. */
  verifySlices: 30,
  /** Less than a day, so that a machine that is on in the evening only still does it daily. */
  dailyMs: 20 * HOUR_MS,
  cleanUpMs: 7 * DAY_MS,
  /** Who is still changing plans gets them carried once, not at every click. */
  settingsMs: 5 * 60_000,
  /** A rule that was changed by mistake can be changed back before anything goes. */
  ruleRestMs: DAY_MS,
  /** What went because of a changed rule can still be recovered so long. */
  binMs: 7 * DAY_MS,
} as const;

/** What was last done, by kind; absent: never. All moments by the wall clock. */
export interface PlaceUpkeep {
  readonly placeId: PlaceId;
  readonly isPresent: boolean;
  /** Something waits or runs there. */
  readonly isBusy: boolean;
  /** A restore from there rests: the version that it goes on with stays. */
  readonly isPuttingBack: boolean;
  /** Something there is lost or damaged and not mended: what may still help to mend it stays. */
  readonly isDamaged: boolean;
  readonly plans: readonly {
    readonly planId: PlanId;
    readonly changedAtMs: number;
    readonly lastBackupMs?: number | undefined;
    readonly lastThinOutMs?: number | undefined;
    /** The last run found its folders missing or empty: nothing of it is removed. */
    readonly sourceLooksWrong: boolean;
    /** A rule that keeps everything. */
    readonly keepsAll: boolean;
  }[];
  readonly lastCleanUpMs?: number | undefined;
  /** When something was last removed there. */
  readonly lastRemovalMs?: number | undefined;
  readonly lastVerifyMs?: number | undefined;
  /** Part of the last slice that was read, 0 before the first. */
  readonly lastVerifyPart: number;
  /** What was last carried there is what would be carried now. */
  readonly areSettingsSaved: boolean;
  readonly lastSettingsMs?: number | undefined;
  readonly lastHistoryMs?: number | undefined;
}

export interface UpkeepFacts {
  readonly places: readonly PlaceUpkeep[];
  readonly nowMs: number;
  /** Nothing is removed meanwhile. */
  readonly isClockDoubtful: boolean;
  /** Work that can wait for mains waits. */
  readonly isOnBattery: boolean;
  readonly isPaused: boolean;
}

/** At most one job a place: the next one comes when it has ended. */
export function upkeepDue(facts: UpkeepFacts): JobRequest[] {
  if (facts.isPaused || facts.isOnBattery) return [];
  return facts.places.flatMap((place) => {
    if (!place.isPresent || place.isBusy) return [];
    const next = nextFor(place, facts);
    return next === undefined ? [] : [next];
  });
}

function nextFor(place: PlaceUpkeep, facts: UpkeepFacts): JobRequest | undefined {
  const { placeId } = place;
  const { nowMs } = facts;
  const hasBackup = place.plans.some(({ lastBackupMs }) => lastBackupMs !== undefined);
  if (isOlder(place.lastHistoryMs, 24 * HOUR_MS, nowMs)) return { kind: 'readHistory', placeId };
  const maySave = isOlder(place.lastSettingsMs, UPKEEP_RHYTHM.settingsMs, nowMs);
  if (hasBackup && !place.areSettingsSaved && maySave) return { kind: 'saveSettings', placeId };
  if (!facts.isClockDoubtful && !place.isPuttingBack && !place.isDamaged) {
    const thin = place.plans.find((plan) => mayThinOut(plan, nowMs));
    if (thin !== undefined) return { kind: 'thinOut', planId: thin.planId, placeId };
    if (mayCleanUp(place, nowMs)) return { kind: 'cleanUp', placeId };
  }
  if (hasBackup && isOlder(place.lastVerifyMs, UPKEEP_RHYTHM.dailyMs, nowMs)) {
    const of = UPKEEP_RHYTHM.verifySlices;
    return { kind: 'verify', placeId, part: (place.lastVerifyPart % of) + 1, of };
  }
  return undefined;
}

function mayThinOut(plan: PlaceUpkeep['plans'][number], nowMs: number): boolean {
  if (plan.keepsAll || plan.sourceLooksWrong || plan.lastBackupMs === undefined) return false;
  if (!hasRested(plan.changedAtMs, UPKEEP_RHYTHM.ruleRestMs, nowMs)) return false;
  const lastThinOutMs = believed(plan.lastThinOutMs, nowMs);
  // Without a new version there is nothing new to thin out, and absence is no age.
  if (lastThinOutMs !== undefined && plan.lastBackupMs < lastThinOutMs) return false;
  return isOlder(lastThinOutMs, UPKEEP_RHYTHM.dailyMs, nowMs);
}

function mayCleanUp(place: PlaceUpkeep, nowMs: number): boolean {
  const { lastRemovalMs, plans } = place;
  if (lastRemovalMs === undefined) return false;
  const lastCleanUpMs = believed(place.lastCleanUpMs, nowMs);
  if (lastCleanUpMs !== undefined && lastCleanUpMs > lastRemovalMs) return false;
  const restMs = UPKEEP_RHYTHM.ruleRestMs + UPKEEP_RHYTHM.binMs;
  if (plans.some((plan) => plan.sourceLooksWrong || !hasRested(plan.changedAtMs, restMs, nowMs)))
    return false;
  return isOlder(lastCleanUpMs ?? lastRemovalMs - UPKEEP_RHYTHM.cleanUpMs, UPKEEP_RHYTHM.cleanUpMs, nowMs);
}

function isOlder(atMs: number | undefined, ageMs: number, nowMs: number): boolean {
  const knownMs = believed(atMs, nowMs);
  return knownMs === undefined || nowMs - knownMs >= ageMs;
}

/** A moment ahead of now was noted by a wrong clock and does not count as done. */
function believed(atMs: number | undefined, nowMs: number): number | undefined {
  return atMs === undefined || atMs > nowMs + HOUR_MS ? undefined : atMs;
}

/** Unlike what was done, a change that a clock dated ahead was made: only one that cannot be true any more has had its rest. */
function hasRested(changedAtMs: number, restMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - changedAtMs) >= restMs;
}
