/** The activity log as a file for other programs. */
import type { Activity } from '#services/state/activity-table.ts';

/** The facts of an entry stay JSON: their names differ from kind to kind. */
export function activityText(entries: readonly Activity[], format: 'csv' | 'json'): string {
  if (format === 'json')
    return `${JSON.stringify(
      entries.map((entry) => ({ ...entry, at: isoTime(entry.atMs) })),
      undefined,
      1,
    )}\n`;
  const lines = entries.map(({ number, atMs, kind, data }) =>
    [String(number), isoTime(atMs), kind, JSON.stringify(data)].map(csvField).join(),
  );
  // Source: RFC 4180.
  return ['number,time,kind,data', ...lines, ''].join('\r\n');
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A spreadsheet takes what begins so for a formula. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
