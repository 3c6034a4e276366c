/**
 * Which earlier snapshot a new backup compares with. Source: repository format, section 9.3.
 * Only decides; a forced full read or a parent named by the person is the caller's matter.
 */

/** What the choice needs of a snapshot. */
export interface ParentCandidate {
  readonly hostname?: string;
  /** As stored: absolute paths, text. */
  readonly paths: readonly string[];
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
}

export interface ParentWish {
  readonly hostname: string;
  /** Absolute and clean, as they will be stored. */
  readonly paths: readonly string[];
  /** Of the new snapshot, nanoseconds since 1970. */
  readonly timeNs: bigint;
}

/**
 * The newest of a series, not later than the new one: a series goes on when folders come and go and the machine is renamed.
 * Of two of the same time the later in the list.
 */
export function chooseParentInSeries<
  Candidate extends { readonly tags: readonly string[]; readonly timeNs: bigint },
>(candidates: Iterable<Candidate>, seriesTag: string | undefined, timeNs: bigint): Candidate | undefined {
  if (seriesTag === undefined) return undefined;
  let chosen: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.timeNs > timeNs || !candidate.tags.includes(seriesTag)) continue;
    if (chosen === undefined || candidate.timeNs >= chosen.timeNs) chosen = candidate;
  }
  return chosen;
}

/** The newest of the same host, not later than the new one, that holds all its paths. Of two of the same time the later in the list, as in restic. */
export function chooseParent<Candidate extends ParentCandidate>(
  candidates: Iterable<Candidate>,
  wish: ParentWish,
): Candidate | undefined {
  let chosen: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.timeNs > wish.timeNs || candidate.hostname !== wish.hostname) continue;
    if (chosen !== undefined && candidate.timeNs < chosen.timeNs) continue;
    if (wish.paths.every((path) => candidate.paths.includes(path))) chosen = candidate;
  }
  return chosen;
}
