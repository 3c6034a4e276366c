/**
 * Notes when runs that were due could not begin, and why, so that the time without versions can be told from a computer
 * that was off. Owns what is held now; what was is in the state. Notes a stretch once it is worth telling, now and then
 * while it lasts, and at its end: never at every look.
 */
import type { HELD_BY } from '#contract/app/job-values.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';
import type { WaitReason } from '#contract/protection-codes.ts';
import { ON_TIME_MS } from '#services/scheduler/schedule-limits.ts';
import type { WaitingRun } from '#services/scheduler/schedule-types.ts';
import { listHeldRuns, putHeldRun, type HeldRun } from '#services/state/held-runs-table.ts';
import type { StateFile } from '#services/state/state-file.ts';

/** Of a stretch that a power cut ends so much is not known. */
const NOTED_EVERY_MS = 3_600_000;
/** Nobody looked for so long: the machine slept or was off, and nothing was held meanwhile. */
const UNSEEN_MS = 5 * 60_000;

interface Stretch extends HeldRun {
  /** Up to when the state has it. */
  readonly notedToMs: number | undefined;
}

export class HeldRuns {
  readonly #state: StateFile;
  readonly #now = new Map<string, Stretch>();

  constructor(state: StateFile) {
    this.#state = state;
  }

  /** What waits, as of this look. */
  look(waiting: readonly WaitingRun[], nowMs: number): void {
    const heldNow = new Set<string>();
    const toNote: HeldRun[] = [];
    for (const run of waiting) {
      const reason = heldBy(run.wait);
      if (reason === undefined) continue;
      const key = keyOf(run.planId, run.placeId);
      heldNow.add(key);
      const before = this.#now.get(key);
      const goesOn = before !== undefined && wasSeen(before, nowMs) && before.reason === reason;
      if (before !== undefined && !goesOn) toNote.push(...endOf(before, nowMs));
      const stretch = goesOn ? { ...before, toMs: nowMs } : begin(run, reason, nowMs);
      const isDue =
        stretch.toMs - (stretch.notedToMs ?? stretch.fromMs) >=
        (stretch.notedToMs === undefined ? ON_TIME_MS : NOTED_EVERY_MS);
      if (isDue) toNote.push(stretch);
      this.#now.set(key, isDue ? { ...stretch, notedToMs: nowMs } : stretch);
    }
    for (const [key, stretch] of this.#now) {
      if (heldNow.has(key)) continue;
      toNote.push(...endOf(stretch, nowMs));
      this.#now.delete(key);
    }
    this.#note(toNote);
  }

  /** The program ends. */
  close(nowMs: number): void {
    this.look([], nowMs);
  }

  /** Oldest first; `toMs` is null for what is held now. */
  list(planId: PlanId, placeId: PlaceId): (Omit<HeldRun, 'toMs'> & { readonly toMs: number | null })[] {
    const now = this.#now.get(keyOf(planId, placeId));
    return this.#state
      .read((reader) => listHeldRuns(reader, planId, placeId))
      .map((held) => ({ ...held, toMs: held.fromMs === now?.fromMs ? null : held.toMs }));
  }

  #note(held: readonly HeldRun[]): void {
    if (held.length === 0) return;
    this.#state.commitSoon((writer) => {
      for (const { planId, placeId, fromMs, toMs, reason } of held)
        putHeldRun(writer, { planId, placeId, fromMs, toMs, reason });
    });
  }
}

/**
 * Quiet hours are when nothing should run. After failures it rests: those are told by the runs that failed. A place that
 * is not looked at yet and one that was looked for in vain are the same absence.
 */
function heldBy(wait: WaitReason): (typeof HELD_BY)[number] | undefined {
  switch (wait) {
    case 'quietHours':
    case 'backOff':
      return undefined;
    case 'placeUnseen':
      return 'placeAway';
    case 'paused':
    case 'onBattery':
    case 'lowBattery':
    case 'meteredNetwork':
    case 'unknownNetwork':
    case 'offline':
    case 'placeAway':
      return wait;
  }
}

function begin({ planId, placeId }: WaitingRun, reason: HeldRun['reason'], nowMs: number): Stretch {
  return {
    planId: planId as PlanId,
    placeId: placeId as PlaceId,
    fromMs: nowMs,
    toMs: nowMs,
    reason,
    notedToMs: undefined,
  };
}

/** The clock may also have been set back. */
function wasSeen({ toMs }: Stretch, nowMs: number): boolean {
  return nowMs >= toMs && nowMs - toMs <= UNSEEN_MS;
}

/** What is to be noted of it. */
function endOf(stretch: Stretch, nowMs: number): HeldRun[] {
  const toMs = wasSeen(stretch, nowMs) ? nowMs : stretch.toMs;
  return toMs - stretch.fromMs >= ON_TIME_MS ? [{ ...stretch, toMs }] : [];
}

function keyOf(planId: string, placeId: string): string {
  return JSON.stringify([planId, placeId]);
}
