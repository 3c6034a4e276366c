/** The one thing that mends a problem: where to go, or what to do at once. Pure; the texts come from the words. */
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

const KEY_MISSING = new Set(['repository.secretNeeded', 'repository.wrongPassword', 'repository.noPassword']);
const SOURCE_LOOKS_WRONG = new Set(['files.sourceMissing', 'files.nothingToSave']);

/** Undefined: nothing in this window helps; the sentence says what does. */
export function mendOf(problem: MirrorProblem, mirror: Mirror, words: Words): Mend | undefined {
  const { mend } = words.overview;
  const [placeId] = problem.placeIds;
  const { planIds } = problem;
  const place = mirror.places.find(({ id }) => id === placeId)?.name ?? mend.aPlace;
  const toPlace = (label: (place: string) => string, query = ''): Mend => ({
    kind: 'go',
    label: label(place),
    href: placeId === undefined ? '#/places' : `#/places/${encodeURIComponent(placeId)}${query}`,
  });
  const backUp: Mend = { kind: 'backUp', label: mend.backUp, planIds };
  switch (problem.code as ProblemCode) {
    case 'recoveryUnproven':
      return {
        kind: 'go',
        label: mend.prove,
        href: placeId === undefined ? '#/places' : `#/places/${encodeURIComponent(placeId)}/kit`,
      };
    case 'placeAway':
    case 'placeUnseen':
    case 'neverListed':
      return toPlace(mend.look);
    case 'keysLost':
      return placeId === undefined
        ? toPlace(mend.look)
        : { kind: 'putKeysBack', label: mend.putKeysBack, placeId, planIds };
    case 'damaged':
      return mendDamage(problem, mirror, words);
    case 'paused':
      return { kind: 'goOn', label: mend.goOn, planIds };
    case 'switchedOff':
      return { kind: 'switchOn', label: mend.switchOn, planIds };
    case 'filesLeftOut':
      return { kind: 'go', label: mend.files, href: toLastJob(problem, mirror, 'doneExcept') };
    case 'failing':
      return mendFailing(problem, mirror, words, toPlace);
    case 'catchingUp':
      return mirror.jobs.some(({ state }) => state === 'running') ? undefined : backUp;
    case 'noPlans':
      return { kind: 'go', label: words.overview.emptyAction, href: '#/welcome' };
    case 'kitToFind':
      return {
        kind: 'go',
        label: mend.findKit,
        href: placeId === undefined ? '#/places' : `#/places/${encodeURIComponent(placeId)}/kit`,
      };
    case 'tryRestore':
      return { kind: 'go', label: mend.tryRestore, href: '#/try' };
    case 'onePlace':
      return { kind: 'go', label: mend.addPlace, href: '#/places/new' };
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
    ? { kind: 'go', label: mend.affected, href: toLastJob(problem, mirror, 'doneExcept', 'verify') }
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
  toPlace: (label: (place: string) => string, query?: string) => Mend,
): Mend {
  const code = problem.errorCode ?? '';
  if (KEY_MISSING.has(code)) return toPlace(mend.unlock, '?unlock');
  if (SOURCE_LOOKS_WRONG.has(code) || code === 'plans.commandFailed') {
    const [planId = ''] = problem.planIds;
    const plan = mirror.plans.find(({ id }) => id === planId)?.name ?? mend.aPlan;
    return { kind: 'go', label: mend.folders(plan), href: `#/folders/${encodeURIComponent(planId)}` };
  }
  const [placeId] = problem.placeIds;
  if (code.startsWith('integrity.') && code !== 'integrity.memoryFault' && placeId !== undefined)
    return { kind: 'mendPlace', label: mend.mendPlace, placeId };
  if (code === 'storage.full') return toPlace(mend.makeRoom);
  if (code.startsWith('storage.')) return toPlace(mend.look);
  return { kind: 'go', label: mend.why, href: toLastJob(problem, mirror, 'failed') };
}

/** The newest job that the problem is about, where it is still known, else the list of such. */
function toLastJob(
  problem: MirrorProblem,
  { jobs }: Mirror,
  state: 'failed' | 'doneExcept',
  kind: 'backup' | 'verify' = 'backup',
): string {
  const job = jobs.find(
    (each) =>
      each.kind === kind &&
      each.state === state &&
      (each.planId === null || problem.planIds.includes(each.planId)) &&
      (problem.placeIds.length === 0 || problem.placeIds.includes(each.placeId ?? '')),
  );
  return job === undefined ? `#/activity?result=${state}` : `#/activity/${encodeURIComponent(job.id)}`;
}
