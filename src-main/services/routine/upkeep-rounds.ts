/** Adds the upkeep of each place that is due (services/upkeep), and none that has just failed. */
import type { JobRequest } from '#contract/app/job-values.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { JobQueue } from '#services/jobs/job-queue.ts';
import { placeOf } from '#services/jobs/may-run-beside.ts';
import type { MachineState } from '#services/scheduler/schedule-types.ts';
import type { Job } from '#services/state/jobs-table.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { settingsDigest } from '#services/travelling-settings/travelling-settings.ts';
import { upkeepDue } from '#services/upkeep/upkeep-due.ts';
import type { JobMemory } from './job-memory.ts';
import type { PlacePresence } from './place-presence.ts';
import type { TypedPasswords } from './typed-passwords.ts';
import { gatherUpkeep } from './upkeep-facts.ts';

/** Settings travel again after so long even when nothing but the log has changed. */
const SETTINGS_EVERY_MS = 7 * 86_400_000;
/** Upkeep that failed is tried again after so long. */
const UPKEEP_RETRY_MS = 6 * 3_600_000;

export interface UpkeepRoundsParts {
  readonly state: StateFile;
  readonly queue: JobQueue;
  readonly memory: JobMemory;
  readonly passwords: TypedPasswords;
  readonly presence: PlacePresence;
}

export interface UpkeepMoment {
  readonly plans: readonly Plan[];
  readonly nowMs: number;
  readonly machine: MachineState;
  readonly isClockDoubtful: boolean;
}

export class UpkeepRounds {
  readonly #parts: UpkeepRoundsParts;

  constructor(parts: UpkeepRoundsParts) {
    this.#parts = parts;
  }

  async keepUp(
    places: readonly Place[],
    { plans, nowMs, machine, isClockDoubtful }: UpkeepMoment,
  ): Promise<void> {
    const { queue, state, memory, presence } = this.#parts;
    const active = queue.active();
    const digest = state.recall(settingsDigest);
    const requests = upkeepDue({
      places: places.map((place) =>
        gatherUpkeep(place, {
          plans,
          memory,
          isPresent: () => presence.stateOf(place).presence === 'present',
          isBusy: (id) => active.some(({ row }) => row.placeId === id && !isRestingRestore(row)),
          isPuttingBack: (id) => active.some(({ row }) => row.placeId === id && isRestingRestore(row)),
          areSettingsSaved: (id) => this.#areSettingsSaved(id, digest, nowMs),
        }),
      ),
      nowMs,
      isClockDoubtful,
      isOnBattery: machine.power === 'battery',
      isPaused: machine.pause !== undefined && machine.pause.untilMs > nowMs,
    });
    for (const request of requests) {
      if (!this.#failedJustNow(request, nowMs)) await queue.add(request, 'upkeep');
    }
  }

  /** Upkeep that failed is not tried again at every look. */
  #failedJustNow(request: JobRequest, nowMs: number): boolean {
    const { memory, passwords } = this.#parts;
    const planId = 'planId' in request ? request.planId : null;
    const last = memory.lastEnded(request.kind, placeOf(request) ?? '', planId);
    if (last === undefined || last.state === 'done' || last.state === 'doneExcept') return false;
    const endedAtMs = last.endedAtMs ?? 0;
    if (passwords.wasTypedSince(last, endedAtMs - 1)) return false;
    const ageMs = nowMs - endedAtMs;
    return ageMs >= 0 && ageMs < UPKEEP_RETRY_MS;
  }

  #areSettingsSaved(placeId: PlaceId, digest: string, nowMs: number): boolean {
    const last = this.#parts.memory.lastDone('saveSettings', placeId);
    if (last?.endedAtMs === undefined || last.endedAtMs === null) return false;
    if (nowMs - last.endedAtMs > SETTINGS_EVERY_MS) return false;
    return (last.result as { digest?: unknown } | null)?.digest === digest;
  }
}

/** The person may let it rest for weeks. */
function isRestingRestore({ kind, state }: Job): boolean {
  return kind === 'restore' && state === 'paused';
}
