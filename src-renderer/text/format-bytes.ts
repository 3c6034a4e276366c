/** Sizes as people read them. */

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** "48 KB", "2.4 MB": powers of 1000, one digit after the point below ten. */
export function formatBytes(sizeBytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, sizeBytes)) / 3)));
  const value = sizeBytes / 1000 ** step;
  const digits = step > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[step]}`;
}
