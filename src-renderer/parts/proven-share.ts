/** How much of what a place holds was read and found whole, and when: as the jobs tell, and in words. Pure. */
import type { JobValue } from '../text/job-titles.ts';
import type { Speech } from '../text/use-words.ts';

export type ProvenShare =
  | { readonly kind: 'never' | 'running' }
  /** `share` 0 to 1; `atMs`: when the last part of it was proven. */
  | { readonly kind: 'proven'; readonly share: number; readonly atMs: number };

/** Which share of what a place holds was read and found whole: by parts since the last one of another division. */
export function provenShare(placeId: string, jobs: readonly JobValue[]): ProvenShare {
  const own = jobs
    .filter((job) => job.kind === 'verify' && job.placeId === placeId)
    .sort((a, b) => (b.endedAtMs ?? Infinity) - (a.endedAtMs ?? Infinity));
  if (own.some(({ state }) => state === 'running')) return { kind: 'running' };
  const done = own.flatMap((job) => {
    const part = partOf(job);
    return job.state === 'done' && job.endedAtMs !== null && part !== undefined
      ? [{ ...part, atMs: job.endedAtMs }]
      : [];
  });
  const [newest] = done;
  if (newest === undefined) return { kind: 'never' };
  const parts = new Set(done.filter(({ of }) => of === newest.of).map(({ part }) => part));
  return { kind: 'proven', share: parts.size / newest.of, atMs: newest.atMs };
}

function partOf({ request }: JobValue): { part: number; of: number } | undefined {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return undefined;
  const { part, of } = request;
  return typeof part === 'number' && typeof of === 'number' && of > 0 ? { part, of } : undefined;
}

export function verifiedWords(
  proven: ProvenShare,
  nowMs: number,
  { words, formats }: { words: Speech['words']['places']; formats: Speech['formats'] },
): string {
  switch (proven.kind) {
    case 'never':
      return words.neverVerified;
    case 'running':
      return words.verifying;
    case 'proven': {
      const ago = formats.ago(proven.atMs, nowMs);
      return proven.share >= 1
        ? words.verifiedAll(ago)
        : words.verifiedPart(Math.max(1, Math.floor(proven.share * 100)), ago);
    }
  }
}
