/**
 * What rclone prints, told in plain words. The only place that looks at rclone's messages: it gives no codes. What is not
 * known here is told as rclone says it, without the remote's settings and the queries of addresses, which hold secrets.
 */
import { TidemarkError } from '#base/errors.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { RcloneLocation } from '#storage/locations/place-location.ts';

const KNOWN: readonly (readonly [RegExp, (location: string) => TidemarkError])[] = [
  [
    /didn't find section in config file/,
    (location) => unusable(location, 'rclone knows no remote of that name'),
  ],
  [
    /didn't find backend called/,
    (location) => unusable(location, 'this rclone cannot do that kind of remote'),
  ],
  [
    /unable to decrypt configuration|couldn't decrypt configuration|config.*password/i,
    (location) => refused(location, "rclone's settings are locked; their password is missing or wrong"),
  ],
  [
    /invalid_grant|couldn't fetch token|token expired|\b401\b|unauthorized|invalid_access_token/i,
    (location) =>
      refused(location, 'the login that rclone keeps is no longer valid; run "rclone config reconnect"'),
  ],
  [
    /no space left on device|remaining disk space|quota|insufficient_?storage|storage limit/i,
    (location) => new TidemarkError('storage.full', { location, outOfInodes: false }, { retry: 'afterUser' }),
  ],
];

/** Undefined: nothing that stays as it is until somebody changes something. */
export function knownRcloneError(message: string, location: string): TidemarkError | undefined {
  return KNOWN.find(([pattern]) => pattern.test(message))?.[1](location);
}

export function programMissing(location: string): TidemarkError {
  return new TidemarkError('storage.programMissing', { location, program: 'rclone' }, { retry: 'afterUser' });
}

export function rcloneEnded(location: string, lastWords: string | undefined): TidemarkError {
  const reason = lastWords === undefined ? 'rclone ended' : `rclone ended: ${lastWords}`;
  return (
    (lastWords === undefined ? undefined : knownRcloneError(lastWords, location)) ??
    new TidemarkError('storage.unreachable', { location, reason }, { retry: 'later' })
  );
}

/** A message of the log: JSON on most lines, plain text where rclone ends before it has read its options. */
export function parseRcloneLine(
  line: string,
  place: RcloneLocation,
): { isError: boolean; message: string } | undefined {
  const plain = /^\d{4}\/\d\d\/\d\d [\d:]+ (.*)$/.exec(line)?.[1];
  if (plain !== undefined) return { isError: true, message: withoutSecrets(plain, place) };
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    if (typeof level !== 'string' || typeof msg !== 'string') return undefined;
    return {
      isError: /error|critical|fatal|alert|emergency/.test(level),
      message: withoutSecrets(msg, place),
    };
  } catch {
    return undefined;
  }
}

/** Long enough for any message, short enough for a sentence. */
const MOST_CHARACTERS = 300;

function withoutSecrets(message: string, place: RcloneLocation): string {
  return message
    .replaceAll(place.remote, describeLocation(place).slice('rclone:'.length))
    .replaceAll(/\?\S*/g, '?***')
    .replaceAll(/\/\/[^/\s]*@/g, '//***@')
    .slice(0, MOST_CHARACTERS);
}

function refused(location: string, reason: string): TidemarkError {
  return new TidemarkError('storage.wrongCredentials', { location, reason }, { retry: 'afterUser' });
}

function unusable(location: string, reason: string): TidemarkError {
  return new TidemarkError('storage.unreachable', { location, reason });
}
