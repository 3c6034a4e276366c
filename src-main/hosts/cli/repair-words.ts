/** What a repair could not mend, and what to do about it, for people. */

export interface Losses {
  /** What cannot be restored whole: one line per file. */
  readonly losses: readonly string[];
  /** All of them; the lines are a bounded list. */
  readonly lossCount: number;
}

/** Empty when nothing is lost. */
export function lossAdvice({ losses, lossCount }: Losses): string[] {
  if (lossCount === 0) return [];
  const lines = losses.map((line) => `${line}.`);
  if (lossCount > losses.length) lines.push(`And ${lossCount - losses.length} more.`);
  lines.push(
    'Back up again first: what is still on your disk is stored anew. Then "tidemark repair snapshots" takes what is lost out of the snapshots.',
  );
  return lines;
}
