/** The one thing that mends a problem: where to go, or what to do at once. Pure; the texts come from the words. */
import { failureKind, lastJobRoute, mendRoute } from '#contract/app/mend-route.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { ProblemCode } from '#contract/protection-codes.ts';
import type { Words } from '../../text/language.ts';

export type Mend = { readonly label: string } & (
  | { readonly kind: 'go'; readonly href: string }
  | { readonly kind: 'goOn' | 'backUp' | 'switchOn'; readonly planIds: readonly string[] }
  /** What is damaged there, as far as anything else has it. */
  | { readonly kind: 'mendPlace'; readonly placeId: string }
  /** The small files without which a place cannot be opened, from the copies on this computer. */
  | { readonly kind: 'putKeysBack'; readonly placeId: string; readonly planIds: readonly string[] }
);

type MirrorProblem = Mirror['health']['problems'][number];

/** Undefined: nothing in this window helps; the sentence says what does. */
export function mendOf(problem: MirrorProblem, mirror: Mirror, words: Words): Mend | undefined {
  const { mend } = words.overview;
  const [placeId] = problem.placeIds;
  const { planIds } = problem;
  const place = mirror.places.find(({ id }) => id === placeId)?.name ?? mend.aPlace;
  const go = (label: string): Mend => ({ kind: 'go', label, href: `#${mendRoute(problem, mirror)}` });
  const backUp: Mend = { kind: 'backUp', label: mend.backUp, planIds };
  switch (problem.code as ProblemCode) {
    case 'recoveryUnproven':
      return go(mend.prove);
    case 'placeAway':
    case 'placeUnseen':
    case 'neverListed':
      return go(mend.look(place));
    case 'keysLost':
      return placeId === undefined
        ? go(mend.look(place))
        : { kind: 'putKeysBack', label: mend.putKeysBack, placeId, planIds };
    case 'damaged':
      return mendDamage(problem, mirror, words);
    case 'paused':
      return { kind: 'goOn', label: mend.goOn, planIds };
    case 'switchedOff':
      return { kind: 'switchOn', label: mend.switchOn, planIds };
    case 'filesLeftOut':
      return go(mend.files);
    case 'failing':
      return mendFailing(problem, mirror, words, place, go);
    case 'catchingUp':
      return mirror.jobs.some(({ state }) => state === 'running') ? undefined : backUp;
    case 'noPlans':
      return go(words.overview.emptyAction);
    case 'kitToFind':
      return go(mend.findKit);
    case 'tryRestore':
      return go(mend.tryRestore);
    case 'onePlace':
      return go(mend.addPlace);
    case 'clockDoubtful':
    case 'notNoted':
    case 'notRunning':
    case 'placeKeeps':
    case 'lowBattery':
      return undefined;
    case 'neverSaved':
    case 'quietHours':
    case 'onBattery':
    case 'meteredNetwork':
    case 'unknownNetwork':
    case 'offline':
    case 'backOff':
      return backUp;
    default:
      // Of another release.
      return undefined;
  }
}

/** Once a repair has not found all of it, only a look at what is lost goes on. */
function mendDamage(problem: MirrorProblem, mirror: Mirror, { overview: { mend } }: Words): Mend | undefined {
  const [placeId] = problem.placeIds;
  if (placeId === undefined) return undefined;
  const last = mirror.jobs.find((job) => job.kind === 'mend' && job.placeId === placeId);
  if (last !== undefined && last.endedAtMs === null) return undefined;
  const found = mirror.jobs.find((job) => job.kind === 'verify' && job.placeId === placeId);
  const isNewer = found === undefined || (found.endedAtMs ?? Infinity) < (last?.endedAtMs ?? 0);
  if (last?.state === 'doneExcept' && isNewer)
    return { kind: 'go', label: mend.lost, href: `#/activity/${encodeURIComponent(last.id)}` };
  return { kind: 'mendPlace', label: mend.mendPlace, placeId };
}

/** Where more is to be read of a problem before its mend is taken; undefined: there is no more. */
export function moreOf(
  problem: MirrorProblem,
  mirror: Mirror,
  { overview: { mend } }: Words,
): Extract<Mend, { kind: 'go' }> | undefined {
  return problem.code === 'damaged'
    ? {
        kind: 'go',
        label: mend.affected,
        href: `#${lastJobRoute(problem, mirror.jobs, 'doneExcept', 'verify')}`,
      }
    : undefined;
}

/** What is said where a reminder may be answered with "enough"; undefined: it is no such reminder. */
export function dismissalOf({ code }: MirrorProblem, { overview: { mend } }: Words): string | undefined {
  if (code === 'tryRestore') return mend.noTrial;
  return code === 'onePlace' ? mend.onePlaceIsEnough : undefined;
}

function mendFailing(
  problem: MirrorProblem,
  mirror: Mirror,
  { overview: { mend } }: Words,
  place: string,
  go: (label: string) => Mend,
): Mend {
  const [placeId = ''] = problem.placeIds;
  switch (failureKind(problem)) {
    case 'key':
      return go(mend.unlock(place));
    case 'folders':
      return go(mend.folders(mirror.plans.find(({ id }) => id === problem.planIds[0])?.name ?? mend.aPlan));
    case 'damage':
      return { kind: 'mendPlace', label: mend.mendPlace, placeId };
    case 'full':
      return go(mend.makeRoom(place));
    case 'place':
      return go(mend.look(place));
    case 'other':
      return go(mend.why);
  }
}
