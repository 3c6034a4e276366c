/**
 * Takes the text of a location apart, as restic writes and reads it: a plain path, or `kind:rest`. Pure; touches nothing.
 * No refusal repeats what was typed, because that may hold a password.
 * Source: restic's manual, "Preparing a new repository", and its parsers in internal/backend.
 */
import path from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type {
  LocalLocation,
  PlaceKind,
  PlaceLocation,
  RcloneLocation,
  RestLocation,
  S3Location,
  SftpLocation,
} from '#storage/locations/place-location.ts';

/** Two characters at least, so that a drive letter is no kind; nothing that looks like a path before the colon. */
const KIND = /^([A-Za-z][A-Za-z0-9+-]+):(.*)$/s;

const PARSERS: { readonly [Kind in PlaceKind]: (rest: string) => PlaceLocation } = {
  local: parseLocal,
  sftp: parseSftp,
  s3: parseS3,
  rest: parseRest,
  rclone: parseRclone,
};

/** Kinds of restic's that are reached in another way here. */
const THROUGH_RCLONE = new Set(['b2', 'azure', 'gs', 'swift']);

/** @throws request.invalidInput */
export function parseLocation(text: string): PlaceLocation {
  const [, typedKind, rest] = KIND.exec(text) ?? [];
  if (typedKind === undefined || rest === undefined) return parseLocal(text);
  const kind = typedKind.toLowerCase();
  if (isPlaceKind(kind)) return PARSERS[kind](rest);
  if (THROUGH_RCLONE.has(kind)) {
    throw invalid(
      `places of the kind ${kind} are not opened directly; set one up in rclone and write rclone:name:path, or use s3: where the provider speaks it`,
    );
  }
  if (kind === 'http' || kind === 'https') {
    throw invalid('say which kind of server it is: write rest: or s3: before the address');
  }
  throw invalid(`"${kind}:" is no known kind of place; for a folder of that name write local: before it`);
}

function isPlaceKind(kind: string): kind is PlaceKind {
  return Object.hasOwn(PARSERS, kind);
}

function parseLocal(rest: string): LocalLocation {
  if (rest === '') throw invalid('the path is empty');
  refuseNul(rest);
  return { kind: 'local', path: rest };
}

/** `user@host:path` or `//user@host:port/path`, where an absolute path begins with two slashes. */
function parseSftp(rest: string): SftpLocation {
  refuseNul(rest);
  return rest.startsWith('//') ? parseSftpUrl(rest) : parseSftpShort(rest);
}

function parseSftpShort(rest: string): SftpLocation {
  const [, login, typedPath] = /^([^:]*):(.*)$/s.exec(rest) ?? [];
  if (login === undefined || typedPath === undefined) {
    throw invalid('a path is missing; write sftp:user@host:/path');
  }
  if (login.includes('[')) throw invalid('write an IPv6 address as sftp://user@[address]//path');
  const at = login.lastIndexOf('@');
  return sftpLocation(at < 0 ? undefined : login.slice(0, at), login.slice(at + 1), undefined, typedPath);
}

function parseSftpUrl(rest: string): SftpLocation {
  const parts = /^\/\/(?:([^/]*)@)?(?:\[([^\]/]*)\]|([^:/@[\]]*))(?::(\d*))?(?:\/(.*))?$/s.exec(rest);
  if (parts === null) throw invalid('write it as sftp://user@host:port//path');
  const [, user, bracketed, plain, port, typedPath] = parts;
  if (typedPath === undefined) throw invalid('a path is missing; write sftp://user@host:port//path');
  if (user?.includes(':') === true) {
    throw invalid('a password does not belong into the address; use a key, an agent, or be asked for it');
  }
  refuseQuery(typedPath);
  return sftpLocation(
    user === undefined ? undefined : decoded(user),
    bracketed ?? plain ?? '',
    port === undefined || port === '' ? undefined : Number(port),
    decoded(typedPath),
  );
}

function sftpLocation(
  user: string | undefined,
  host: string,
  port: number | undefined,
  typedPath: string,
): SftpLocation {
  if (host === '') throw invalid('the name of the host is missing; write sftp:user@host:/path');
  if (/[\s/\\]/.test(host) || host.startsWith('-')) throw invalid('the name of the host is not possible');
  if (port !== undefined && (port < 1 || port > 65_535)) throw invalid('a port is a number from 1 to 65535');
  if (typedPath.startsWith('~')) {
    throw invalid('write a path without ~; one that does not begin with / begins in your own folder there');
  }
  return {
    kind: 'sftp',
    ...(user === undefined || user === '' ? {} : { user }),
    host,
    ...(port === undefined ? {} : { port }),
    path: cleanPath(typedPath),
  };
}

/** `https://host/bucket/prefix`, `http://...`, or `host/bucket/prefix`, which means https. */
function parseS3(rest: string): S3Location {
  refuseNul(rest);
  const url = /^(https?):\/\/([^/]*)\/?(.*)$/is.exec(rest);
  const [scheme, host, below] =
    url === null
      ? ['https', ...cut(rest.replace(/^\/\//, ''))]
      : [(url[1] ?? '').toLowerCase(), url[2] ?? '', url[3] ?? ''];
  if (host.includes('@')) {
    throw invalid(
      'keys do not belong into the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead',
    );
  }
  const endpoint = parsedUrl(`${scheme}://${host}/`, 's3:https://host/bucket/prefix').origin;
  if (url !== null) refuseQuery(below);
  const [bucket, prefix] = cut(url === null ? below : decoded(below));
  if (bucket === '') throw invalid('the name of the bucket is missing; write s3:https://host/bucket');
  return { kind: 's3', endpoint, bucket, prefix: cleanPath(prefix).replace(/^(\.$|\/+)/, '') };
}

/** `http://` or `https://`, with user and password perhaps; `http+unix:///socket:/path/` for a server on a socket. */
function parseRest(rest: string): RestLocation {
  refuseNul(rest);
  const form = 'rest:https://user:password@host:port/path/';
  const onSocket = /^http\+unix:\/\/(\/[^:]+):(\/.*)$/is.exec(rest);
  const url = parsedUrl(onSocket === null ? rest : `http://localhost${onSocket[2] ?? '/'}`, form);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(`write it as ${form}`);
  if (url.search !== '' || url.hash !== '') refuseQuery(`${url.search}${url.hash}`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return {
    kind: 'rest',
    url: url.href,
    ...(username === '' ? {} : { user: decoded(username) }),
    ...(password === '' ? {} : { password: new SecretText(decoded(password)) }),
    ...(onSocket === null ? {} : { socketPath: onSocket[1] ?? '' }),
  };
}

function parseRclone(rest: string): RcloneLocation {
  refuseNul(rest);
  if (rest === '')
    throw invalid('the remote is missing; write rclone:name:path, with a name of "rclone listremotes"');
  if (rest.startsWith('-')) throw invalid('the name of a remote does not begin with -');
  return { kind: 'rclone', remote: rest };
}

function parsedUrl(text: string, form: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw invalid(`write it as ${form}`);
  return url;
}

function cut(text: string): [string, string] {
  const slash = text.indexOf('/');
  return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
}

/** No `..`, no doubled slashes, none at the end. */
function cleanPath(typed: string): string {
  const clean = path.posix.normalize(typed);
  return clean.length > 1 ? clean.replace(/\/$/, '') : clean;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a % in an address is written as %25');
  }
}

function refuseQuery(text: string): void {
  if (/[?#]/.test(text)) throw invalid('in an address ? is written as %3F and # as %23');
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw invalid('the path contains a NUL character');
}

function invalid(reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: 'repository address', reason });
}
