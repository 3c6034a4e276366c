/**
 * Whether the wall clock is believed, look by look. Owns the latest time that was believed and how long a doubt has lasted: one
 * that nothing resolves ends by itself after the clock has gone on evenly for long enough, or a clock that was right would be
 * called wrong for ever after a drawer or a jump. What the doubt is about is a pure rule (`rules/clock-doubt.ts`).
 */
import type { Clock } from '#base/clock.ts';
import { doubtClock, type ClockDoubt } from '#rules/clock-doubt.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { JUMP_MS } from './attentive-sleep.ts';

const HOUR_MS = 3_600_000;
/** How often what was seen is noted. */
const NOTED_EVERY_MS = HOUR_MS;
/** A look comes every minute; what took longer was sleep, in which nobody saw the clock go. */
const MOST_BETWEEN_LOOKS_MS = 2 * 60_000;

/**
 * Of the machine awake. A clock that lies behind removes nothing too early, because what is dated after it stays; one far ahead
 * would let everything age at once, so that a person gets a week to see the notice.
 */
const ENDS_AFTER_MS: Readonly<Record<ClockDoubt['kind'], number>> = {
  behindLastSeen: 24 * HOUR_MS,
  behindNewestPoint: 24 * HOUR_MS,
  farAhead: 7 * 24 * HOUR_MS,
};

interface Lasting {
  readonly kind: ClockDoubt['kind'];
  readonly heldMs: number;
  /** The wall clock at the last look. */
  readonly latestMs: number;
}

export class ClockBelief {
  readonly #state: StateFile;
  readonly #clock: Clock;
  #lasting: Lasting | undefined;
  /** By the clock that never goes back; undefined: not looked yet. */
  #lookedAtMs: number | undefined;

  constructor(state: StateFile, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
    this.#lasting = state.read((reader) => getSetting(reader, 'clockDoubt')) ?? undefined;
  }

  /** To be called at every look. @param pointTimes of all points, where nobody has seen the clock before */
  look(nowMs: number, pointTimes: () => readonly number[]): ClockDoubt | undefined {
    const lastSeenMs = this.#state.read((reader) => getSetting(reader, 'lastSeenTimeMs'));
    const doubt =
      lastSeenMs === undefined ? doubtClock({ nowMs }, pointTimes()) : doubtClock({ nowMs, lastSeenMs }, []);
    const lasts = doubt === undefined ? undefined : this.#goOn(doubt.kind, nowMs);
    this.#lookedAtMs = this.#clock.monotonicMs();
    if (doubt === undefined || lasts === undefined || lasts.heldMs >= ENDS_AFTER_MS[doubt.kind]) {
      this.#believe(nowMs, lastSeenMs);
      return undefined;
    }
    this.#note(lasts);
    return doubt;
  }

  #goOn(kind: ClockDoubt['kind'], nowMs: number): Lasting {
    const before = this.#lasting;
    if (before?.kind !== kind || nowMs < before.latestMs - JUMP_MS)
      return { kind, heldMs: 0, latestMs: nowMs };
    const passedMs = this.#clock.monotonicMs() - (this.#lookedAtMs ?? this.#clock.monotonicMs());
    return { kind, heldMs: before.heldMs + Math.min(passedMs, MOST_BETWEEN_LOOKS_MS), latestMs: nowMs };
  }

  #believe(nowMs: number, lastSeenMs: number | undefined): void {
    const wasInDoubt = this.#lasting !== undefined;
    this.#lasting = undefined;
    if (!wasInDoubt && lastSeenMs !== undefined && nowMs - lastSeenMs < NOTED_EVERY_MS) return;
    this.#state.commitSoon((writer) => {
      putSetting(writer, 'lastSeenTimeMs', nowMs);
      if (wasInDoubt) putSetting(writer, 'clockDoubt', null);
    });
  }

  #note(lasting: Lasting): void {
    const before = this.#lasting;
    this.#lasting = lasting;
    const isNew = before === undefined || lasting.heldMs < before.heldMs;
    const isHourFull =
      Math.floor(lasting.heldMs / NOTED_EVERY_MS) > Math.floor((before?.heldMs ?? 0) / NOTED_EVERY_MS);
    if (isNew || isHourFull) this.#state.commitSoon((writer) => putSetting(writer, 'clockDoubt', lasting));
  }
}
