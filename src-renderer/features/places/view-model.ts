/** What the pages of backup places show, from the mirror and the jobs of the past. Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import { reasonText } from '#contract/error-texts.ts';
import type { JobValue } from '../../text/job-titles.ts';
import type { Speech } from '../../text/use-words.ts';
import { provenShare, verifiedWords } from '../../parts/proven-share.ts';

export type PlaceValue = Mirror['places'][number];

export interface PlaceView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  readonly presence: string;
  readonly tone: 'good' | 'warning' | 'danger' | 'quiet';
  readonly newest: string;
  readonly verified: string;
  readonly planNames: readonly string[];
  readonly needsCode: boolean;
}

export function placeView(
  place: PlaceValue,
  mirror: Mirror,
  past: readonly JobValue[],
  nowMs: number,
  { words: { places: words }, formats }: Speech,
): PlaceView {
  const newestMs = Math.max(
    0,
    ...mirror.health.copies.flatMap(({ placeId, newestAtMs }) =>
      placeId === place.id && newestAtMs !== undefined ? [newestAtMs] : [],
    ),
  );
  const needsCode = place.secret === 'missing';
  return {
    id: place.id,
    name: place.name,
    kind: kindWords(place.kind, words.kinds, words.otherKind),
    location: place.location,
    presence: needsCode ? words.keyMissing : words.presence[place.presence],
    tone: needsCode ? 'danger' : TONES[place.presence],
    newest: newestMs === 0 ? words.noVersion : formats.ago(newestMs, nowMs),
    verified: verifiedWords(provenShare(place.id, [...mirror.jobs, ...past]), nowMs, { words, formats }),
    planNames: mirror.plans.filter(({ placeIds }) => placeIds.includes(place.id)).map(({ name }) => name),
    needsCode,
  };
}

const TONES = { present: 'good', absent: 'warning', unknown: 'quiet' } as const;

function kindWords(kind: string, kinds: Readonly<Record<string, string>>, other: string): string {
  return (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? other;
}

export type ProbeKind =
  'empty' | 'repository' | 'otherFiles' | 'missing' | 'wrongCredentials' | 'unknownServer' | 'unreachable';

export interface ProbeView {
  readonly tone: 'hint' | 'warning';
  readonly sentence: string;
  /** What the one button does; undefined: it cannot be used. */
  readonly use: 'create' | 'open' | undefined;
  /** A folder in it that could be taken instead. */
  readonly instead?: string;
  /** Fingerprint of a server's key that the person may trust. */
  readonly trusts?: string;
}

export function probeView(
  probe: { readonly kind: ProbeKind; readonly location: string; readonly reason: string | null },
  mirror: Pick<Mirror, 'plans'>,
  { language, words: { places: words } }: Speech,
): ProbeView {
  const around = mirror.plans.find(({ folders }) =>
    folders.some((folder) => typeof folder === 'string' && liesIn(probe.location, folder)),
  );
  if (around !== undefined && probe.kind !== 'repository')
    return { tone: 'warning', sentence: words.probe.insideSource(around.name), use: undefined };
  switch (probe.kind) {
    case 'empty':
    case 'missing':
      return { tone: 'hint', sentence: words.probe[probe.kind], use: 'create' };
    case 'repository':
      return { tone: 'hint', sentence: words.probe.repository, use: 'open' };
    case 'otherFiles':
      return {
        tone: 'warning',
        sentence: words.probe.otherFiles,
        use: undefined,
        instead: `${probe.location.replace(/[/\\]+$/, '')}/${OWN_FOLDER}`,
      };
    case 'wrongCredentials':
      return { tone: 'warning', sentence: words.probe.wrongCredentials, use: undefined };
    case 'unknownServer':
      return {
        tone: 'warning',
        sentence: words.probe.unknownServer(probe.reason ?? ''),
        use: undefined,
        ...(probe.reason === null ? {} : { trusts: probe.reason }),
      };
    case 'unreachable':
      return {
        tone: 'warning',
        sentence:
          probe.reason === null
            ? words.probe.unreachable
            : words.probe.unreachableBecause(reasonText(probe.reason.replace(/\.$/, ''), language)),
        use: undefined,
      };
  }
}

/** Where copies go if the folder itself holds other things. */
const OWN_FOLDER = 'Tidemark';

function liesIn(location: string, folder: string): boolean {
  const inside = location.replace(/\/+$/, '');
  const around = folder.replace(/\/+$/, '');
  return inside === around || inside.startsWith(`${around}/`);
}

/** A name for a place that nobody has named yet: the last part of its address. */
export function suggestName(location: string): string {
  const parts = location.split(/[/\\:]/).filter((part) => part !== '');
  return parts.at(-1) ?? location;
}
