/** How much of a job is done, from 0 to 1; null while nobody knows. */
export function shareOf(
  progress: { readonly bytesDone: number; readonly totalBytes: number | null } | null,
): number | null {
  if (progress === null || progress.totalBytes === null || progress.totalBytes === 0) return null;
  return Math.min(1, progress.bytesDone / progress.totalBytes);
}
