/** What the overview lets a person do. */
import { isTidemarkError } from '#base/errors.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { choicesOf } from '../../core-link/plan-choices.ts';
import type { Mend } from './mend.ts';

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 6;

export interface OverviewActions {
  /** Null: every plan. */
  backUp(planId: string | null): Promise<unknown>;
  cancel(jobId: string): Promise<unknown>;
  rest(jobId: string): Promise<unknown>;
  resume(jobId: string): Promise<unknown>;
  pauseForAnHour(nowMs: number): Promise<unknown>;
  pauseUntilTomorrow(nowMs: number): Promise<unknown>;
  goOn(): Promise<unknown>;
  mend(mend: Mend, mirror: Mirror): Promise<unknown>;
  dismiss(key: string): Promise<unknown>;
}

export function createOverviewActions({ calls }: CoreLink): OverviewActions {
  const each = (ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<unknown> =>
    Promise.all(ids.map(act));
  return {
    backUp: (planId) => calls['jobs.backUpNow']({ planId }),
    cancel: (jobId) => calls['jobs.cancel']({ jobId }),
    rest: (jobId) => calls['jobs.pause']({ jobId }),
    resume: (jobId) => calls['jobs.resume']({ jobId }),
    pauseForAnHour: (nowMs) => calls['pause.set']({ untilMs: nowMs + HOUR_MS }),
    pauseUntilTomorrow: (nowMs) => calls['pause.set']({ untilMs: tomorrowMorningMs(nowMs) }),
    goOn: () => calls['pause.clear']({}),
    dismiss: (key) => calls['reminders.dismiss']({ key }),
    mend: async (mend, { plans, pause }) => {
      switch (mend.kind) {
        case 'go':
          location.hash = mend.href;
          return;
        case 'goOn':
          if (pause !== null) await calls['pause.clear']({});
          await each(
            plans.filter((plan) => plan.pause !== null && mend.planIds.includes(plan.id)).map(({ id }) => id),
            (planId) => calls['plans.pause']({ planId, untilMs: null }),
          );
          return;
        case 'backUp':
          await each(mend.planIds, (planId) => calls['jobs.backUpNow']({ planId }));
          return;
        case 'mendPlace':
          await calls['jobs.start']({ kind: 'mend', placeId: mend.placeId, givesUp: false });
          return;
        case 'putKeysBack':
          try {
            await calls['places.mendKeys']({ placeId: mend.placeId, password: null });
          } catch (error) {
            if (!needsCode(error)) throw error;
            // This computer's own key is lost as well: the code is asked for there.
            location.hash = `#/places/${encodeURIComponent(mend.placeId)}?mend`;
            return;
          }
          // What failed meanwhile goes now.
          await each(mend.planIds, (planId) => calls['jobs.backUpNow']({ planId }));
          return;
        case 'switchOn':
          for (const plan of plans.filter(({ id }) => mend.planIds.includes(id)))
            await calls['plans.put']({ id: plan.id, choices: { ...choicesOf(plan), isOn: true } });
      }
    },
  };
}

function needsCode(error: unknown): boolean {
  return (
    isTidemarkError(error, 'repository.wrongPassword') || isTidemarkError(error, 'repository.secretNeeded')
  );
}

function tomorrowMorningMs(nowMs: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR).getTime();
}
