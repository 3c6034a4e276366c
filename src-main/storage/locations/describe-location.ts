/**
 * A location as text again, for people, logs and the state: as restic writes it, without its secrets. What holds none
 * can be parsed again and is the same place.
 */
import { isTidemarkError } from '#base/errors.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { PlaceLocation, RcloneLocation, RestLocation, SftpLocation } from './place-location.ts';

const HIDDEN = '***';

export function describeLocation(location: PlaceLocation): string {
  switch (location.kind) {
    case 'local':
      return /^[A-Za-z][A-Za-z0-9+-]+:/.test(location.path) ? `local:${location.path}` : location.path;
    case 'sftp':
      return describeSftp(location);
    case 's3': {
      const { endpoint, bucket, prefix } = location;
      return `s3:${endpoint}/${escaped(prefix === '' ? bucket : `${bucket}/${prefix}`)}`;
    }
    case 'rest':
      return describeRest(location);
    case 'rclone':
      return `rclone:${withoutSettings(location)}`;
  }
}

/** Whether the text of the location would give a secret away. */
export function holdsSecret(location: PlaceLocation): boolean {
  switch (location.kind) {
    case 'rest':
      return location.password !== undefined;
    case 'rclone':
      return withoutSettings(location) !== location.remote;
    default:
      return false;
  }
}

/** Text that somebody typed as a location, fit to be shown; also what is none. */
export function withoutSecrets(text: string): string {
  try {
    const location = parseLocation(text);
    return holdsSecret(location) ? describeLocation(location) : text;
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    return text.replace(/\/\/[^/]*@/, `//${HIDDEN}@`);
  }
}

function describeSftp({ user, host, port, path }: SftpLocation): string {
  if (port === undefined && !host.includes(':') && user?.includes(':') !== true)
    return `sftp:${user === undefined ? '' : `${user}@`}${host}:${path}`;
  const login = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const address = host.includes(':') ? `[${host}]` : host;
  return `sftp://${login}${address}${port === undefined ? '' : `:${String(port)}`}/${escaped(path)}`;
}

function describeRest({ url, user, password, socketPath }: RestLocation): string {
  const name = user === undefined ? '' : encodeURIComponent(user);
  const login =
    user === undefined && password === undefined
      ? ''
      : `${name}${password === undefined ? '' : `:${HIDDEN}`}@`;
  if (socketPath !== undefined) return `rest:http+unix://${socketPath}:${new URL(url).pathname}`;
  return `rest:${url.replace('://', `://${login}`)}`;
}

/** A remote may carry settings, like `:s3,secret_access_key=...:bucket`. Source: rclone's manual, "Connection strings". */
const SETTINGS = /^(:?[^,:/]*)((?:,[^=,:]+(?:=(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^,:"']*))?)*)(:.*)?$/s;

function withoutSettings({ remote }: RcloneLocation): string {
  const beforePath = remote.split('/', 1)[0] ?? '';
  if (!beforePath.includes(',')) return remote;
  const [, name, settings, path] = SETTINGS.exec(remote) ?? [];
  if (name === undefined || settings === undefined) return HIDDEN;
  const names = settings.replaceAll(/=(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^,:"']*)/g, `=${HIDDEN}`);
  return `${name}${names}${path ?? ''}`;
}

/** Only what would be read as something else. */
function escaped(path: string): string {
  return path.replaceAll(/[%?#]/g, encodeURIComponent);
}
