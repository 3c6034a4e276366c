/** What the header `Date` of an answer says about the clock of whoever gave it. */

/**
 * How far that clock is ahead of the one by which the request began and the answer came; undefined without a date that can
 * be read. Dates have whole seconds.
 */
export function aheadByDateMs(
  date: string | undefined,
  beforeMs: number,
  afterMs: number,
): number | undefined {
  const thereMs = Date.parse(date ?? '');
  return Number.isNaN(thereMs) ? undefined : thereMs + 500 - (beforeMs + afterMs) / 2;
}
