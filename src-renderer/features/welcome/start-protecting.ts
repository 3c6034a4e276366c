/**
 * From choices to the first copy: the place is made, then the plan with what suits most people, then the first backup
 * is asked for. Each step that succeeded is remembered, so that another try makes nothing twice.
 */
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { holdCode } from '../../core-link/held-codes.ts';
import type { ExclusionPreset, WirePath } from '#contract/app/values.ts';
import { useWelcome, type Started } from './view-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Where copies go if the folder itself holds other things. */
export const OWN_FOLDER = 'Tidemark';

export type PlaceLook =
  | { readonly kind: 'usable'; readonly location: string; readonly freeBytes: number | null }
  | { readonly kind: 'existing'; readonly location: string }
  | { readonly kind: 'refused'; readonly reason: string | null };

/** What would become of a place if copies went there. Changes nothing. */
export async function lookAtPlace(
  calls: CoreLink['calls'],
  location: string,
  options: PlaceOptions = {},
): Promise<PlaceLook> {
  const found = await calls['places.probe']({ location, options });
  switch (found.kind) {
    case 'empty':
    case 'missing':
      return { kind: 'usable', location, freeBytes: found.freeBytes };
    case 'repository':
      return { kind: 'existing', location };
    case 'wrongCredentials':
    case 'unknownServer':
    case 'unreachable':
      return { kind: 'refused', reason: found.reason };
    case 'otherFiles': {
      const own = `${location.replace(/[/\\]$/, '')}/${OWN_FOLDER}`;
      const inside = await calls['places.probe']({ location: own, options });
      if (inside.kind === 'repository') return { kind: 'existing', location: own };
      if (inside.kind === 'empty' || inside.kind === 'missing')
        return { kind: 'usable', location: own, freeBytes: inside.freeBytes ?? found.freeBytes };
      return { kind: 'refused', reason: inside.reason };
    }
  }
}

export interface Choices {
  readonly planName: string;
  readonly placeName: string;
  readonly location: string;
  readonly options: PlaceOptions;
  readonly folders: readonly WirePath[];
  readonly presets: readonly ExclusionPreset[];
}

/** @throws what the core answers; what was made until then is used by the next try */
export async function startProtecting(calls: CoreLink['calls'], choices: Choices): Promise<void> {
  useWelcome.setState({ isStarting: true });
  try {
    await start(calls, choices);
  } finally {
    useWelcome.setState({ isStarting: false });
  }
}

async function start(calls: CoreLink['calls'], choices: Choices): Promise<void> {
  const place = await madePlace(calls, choices);
  const plan = await calls['plans.put']({
    id: null,
    choices: {
      name: choices.planName,
      isOn: true,
      folders: [...choices.folders],
      exclusions: { presets: [...choices.presets], patterns: [] },
      placeIds: [place.placeId],
      schedule: { maxAgeMs: DAY_MS, fixedTimes: [], isWatching: true },
      // Said in words on the next screen: hours for 2 days, days for 2 months, weeks for 2 years, then months.
      retention: {
        counts: { monthly: 'all' },
        withinUnits: { hourly: { days: 2 }, daily: { months: 2 }, weekly: { years: 2 } },
        tagLists: [],
      },
      conditions: { mainsOnly: false, avoidMetered: true, quietHours: [], bandwidth: [] },
      commands: { before: [], after: [] },
    },
  });
  const started: Started = {
    placeId: place.placeId,
    planId: plan.id,
    notRemembered: place.notRemembered,
  };
  useWelcome.setState({ started, madePlace: null, screen: 'safe' });
  await calls['jobs.backUpNow']({ planId: plan.id });
}

async function madePlace(
  calls: CoreLink['calls'],
  { placeName, location, options }: Choices,
): Promise<Omit<Started, 'planId'>> {
  const before = useWelcome.getState().madePlace;
  if (before?.location === location) return before;
  const { placeId, recoveryCode, notRemembered } = await calls['places.create']({
    name: placeName,
    location,
    options,
  });
  if (recoveryCode !== null) holdCode(placeId, recoveryCode);
  const made = { placeId, notRemembered, location };
  useWelcome.setState({ madePlace: made });
  return made;
}
