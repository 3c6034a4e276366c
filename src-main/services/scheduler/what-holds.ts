/**
 * What keeps a run from starting, and a started one from going on: pauses, hours, power, network, presence. The jobs
 * ask it for running jobs too, and let them rest at a checkpoint. A run that the person started is not held; nobody
 * asks for it. Pure. Source: product notes, section 5, B2, B6, B7.
 */
import type { WaitReason } from '#contract/protection-codes.ts';
import { endOfHours } from './day-hours.ts';
import type { MachineState, Moment, Pause, PlaceState, RunConditions } from './schedule-types.ts';
import { AHEAD_TOLERANCE_MS } from './schedule-limits.ts';

export interface Hold {
  readonly wait: WaitReason;
  readonly untilMs?: number;
}

interface HeldPlan {
  readonly conditions: RunConditions;
  readonly pause?: Pause;
}

/** What the person wished comes first, then the machine, then the place. @param place undefined: present */
export function whatHolds(
  plan: HeldPlan,
  place: PlaceState | undefined,
  machine: MachineState,
  moment: Moment,
): Hold | undefined {
  return (
    heldByPerson(plan, machine, moment) ??
    heldByMachine(plan.conditions, place, machine) ??
    heldByPlace(place, machine)
  );
}

function heldByPerson(plan: HeldPlan, machine: MachineState, moment: Moment): Hold | undefined {
  const pauses = [machine.pause, plan.pause].filter((pause) => isPausing(pause, moment.nowMs));
  if (pauses.length > 0)
    return { wait: 'paused', untilMs: Math.max(...pauses.map((pause) => pause?.untilMs ?? 0)) };
  const quietUntilMs = endOfHours(plan.conditions.quietHours, moment);
  return quietUntilMs === undefined ? undefined : { wait: 'quietHours', untilMs: quietUntilMs };
}

/** A pause that begins ahead of now was made by a clock that has been set back since: it is over. */
function isPausing(pause: Pause | undefined, nowMs: number): boolean {
  return pause !== undefined && pause.sinceMs <= nowMs + AHEAD_TOLERANCE_MS && nowMs < pause.untilMs;
}

function heldByMachine(
  conditions: RunConditions,
  place: PlaceState | undefined,
  machine: MachineState,
): Hold | undefined {
  if (machine.power === 'battery' && machine.isBatteryLow) return { wait: 'lowBattery' };
  if (machine.power === 'battery' && conditions.mainsOnly) return { wait: 'onBattery' };
  if (place?.isRemote === true && conditions.avoidMetered) {
    if (machine.network === 'metered') return { wait: 'meteredNetwork' };
    if (machine.network === 'unasked') return { wait: 'unknownNetwork' };
  }
  return undefined;
}

/** What the system says about networks only names the reason: a place that was reached is there. */
function heldByPlace(place: PlaceState | undefined, machine: MachineState): Hold | undefined {
  if (place === undefined || place.presence === 'present') return undefined;
  if (place.isRemote && machine.network === 'none') return { wait: 'offline' };
  return { wait: place.presence === 'absent' ? 'placeAway' : 'placeUnseen' };
}
