import { describe, expect, it } from 'vitest';
import type { NoticeLevel, Problem, ProblemCode } from '#contract/protection-codes.ts';
import { planNotices, type ToldNotice } from '#services/health/plan-notices.ts';
import { DAY_MS, HOUR_MS } from '#test/support/schedule/schedule-world.ts';

const START = Date.parse('2026-06-10T12:00:00Z');

function problem(level: NoticeLevel, code: ProblemCode = 'offline'): Problem {
  return { key: code, code, level, state: 'late', planIds: ['letters'], placeIds: ['server'] };
}

/** Looks every hour; the hours after the start at which something was shown. */
function shownAt(
  hours: number,
  at: (hour: number) => readonly Problem[],
  told: readonly ToldNotice[] = [],
): number[] {
  const shown: number[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    const plan = planNotices(at(hour), told, START + hour * HOUR_MS);
    ({ told } = plan);
    shown.push(...plan.show.map(() => hour));
  }
  return shown;
}

describe('notices', () => {
  it('come once for a problem, again when it gets worse, and then as reminders', () => {
    expect(shownAt(30 * 24, (hour) => [problem(hour < 50 ? 'notice' : 'alarm')])).toEqual([
      0, 50, 74, 98, 122, 290, 458, 626,
    ]);
  });

  it('are not made for what is only listed', () => {
    expect(shownAt(48, () => [problem('quiet')])).toEqual([]);
  });

  it('for the recovery code come daily for three days, then weekly', () => {
    const hours = shownAt(20 * 24, () => [problem('notice', 'recoveryUnproven')]);
    expect(hours.map((hour) => hour / 24)).toEqual([0, 1, 2, 9, 16]);
  });

  it('are taken back when the problem is gone, and one that comes and goes is told once', () => {
    const first = planNotices([problem('notice')], [], START);
    const gone = planNotices([], first.told, START + HOUR_MS);
    expect([gone.show, gone.withdraw]).toEqual([[], ['offline']]);
    expect(planNotices([], gone.told, START + 2 * HOUR_MS).withdraw).toEqual([]);
    expect(planNotices([problem('notice')], gone.told, START + 2 * HOUR_MS).show).toEqual([]);
    expect(shownAt(48, (hour) => (hour % 2 === 0 ? [problem('notice')] : []))).toEqual([0]);
    const forgotten = planNotices([], gone.told, START + 2 * DAY_MS).told;
    expect(forgotten).toEqual([]);
    expect(planNotices([problem('notice')], forgotten, START + 3 * DAY_MS).show).toHaveLength(1);
  });

  it('B4 do not fall silent when the clock was years ahead', () => {
    const { told } = planNotices([problem('alarm')], [], START + 4000 * DAY_MS);
    expect(shownAt(60, () => [problem('alarm')], told)).toEqual([24, 48]);
  });
});
