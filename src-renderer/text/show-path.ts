/**
 * Paths for the eye: inert as all names are, and what lies in the person's own folder from there on, as `~/Letters`.
 * Pure; what is copied or given back is the whole path.
 */
import type { WirePath } from '#contract/app/values.ts';
import { showName } from './show-name.ts';

export function showPath(path: WirePath, home: WirePath | undefined): string {
  const shown = showName(path);
  const own = ownFolder(home);
  if (own === undefined) return shown;
  return shown === own ? '~' : shown.startsWith(`${own}/`) ? `~${shown.slice(own.length)}` : shown;
}

/** The same for every path in a sentence. */
export function shortenPaths(sentence: string, home: WirePath | undefined): string {
  const own = ownFolder(home);
  if (own === undefined) return sentence;
  return sentence.replaceAll(/(?<=^|[\s"„“(])\/[^\s"“”)]*/gu, (path) =>
    path.startsWith(`${own}/`) ? `~${path.slice(own.length)}` : path,
  );
}

/** Undefined: nothing is shorter by it. */
function ownFolder(home: WirePath | undefined): string | undefined {
  const shown = home === undefined ? '/' : showName(home);
  return shown === '/' || !shown.startsWith('/') ? undefined : shown.replace(/\/$/, '');
}
