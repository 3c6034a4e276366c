/** Writes figures as a person reads them: three digits that count, units of ten (MB = 1 000 000 bytes). Pure. */

export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds >= 100) return `${seconds.toFixed(0)} s`;
  return seconds >= 10 ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(2)} s`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${formatCount(bytes)} B`;
  const megabytes = bytes / 1e6;
  return megabytes >= 10 ? `${formatCount(megabytes)} MB` : `${megabytes.toFixed(1)} MB`;
}

/** Whole, with a space between thousands. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

export function formatRatio(ratio: number): string {
  return ratio.toFixed(2);
}
