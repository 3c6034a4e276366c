import { describe, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { describeLocation, holdsSecret, withoutSecrets } from '#storage/locations/describe-location.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';

/** Secrets in the open, to compare with. */
function parsed(text: string): unknown {
  const location = parseLocation(text);
  if (location.kind !== 'rest' || location.password === undefined) return location;
  return { ...location, password: location.password.reveal() };
}

const sftp = (host: string, path: string, rest: object = {}) => ({ kind: 'sftp', host, path, ...rest });
const s3 = (endpoint: string, bucket: string, prefix = '') => ({ kind: 's3', endpoint, bucket, prefix });
const rest = (url: string, more: object = {}) => ({ kind: 'rest', url, ...more });

/** What was typed, what it means, and how it is told; told as typed where nothing else is said. */
const LOCATIONS: readonly [typed: string, meaning: object, told?: string][] = [
  ['/backups', { kind: 'local', path: '/backups' }],
  ['backups', { kind: 'local', path: 'backups' }],
  ['local:/backups', { kind: 'local', path: '/backups' }, '/backups'],
  ['local:sftp:odd', { kind: 'local', path: 'sftp:odd' }],
  ['./sftp:odd', { kind: 'local', path: './sftp:odd' }],
  ['a folder: mine', { kind: 'local', path: 'a folder: mine' }],
  ['C:\\backups', { kind: 'local', path: 'C:\\backups' }],

  ['sftp:me@nas:/srv/backups', sftp('nas', '/srv/backups', { user: 'me' })],
  ['sftp:nas:backups/', sftp('nas', 'backups'), 'sftp:nas:backups'],
  ['sftp:nas:', sftp('nas', '.'), 'sftp:nas:.'],
  [
    'sftp:me@work.org@nas:/srv//x/../y',
    sftp('nas', '/srv/y', { user: 'me@work.org' }),
    'sftp:me@work.org@nas:/srv/y',
  ],
  ['sftp:nas:/a:b', sftp('nas', '/a:b')],
  ['SFTP:nas:/a', sftp('nas', '/a'), 'sftp:nas:/a'],
  ['sftp://me@nas:2222//srv/backups', sftp('nas', '/srv/backups', { user: 'me', port: 2222 })],
  ['sftp://nas/backups', sftp('nas', 'backups'), 'sftp:nas:backups'],
  ['sftp://nas:22/', sftp('nas', '.', { port: 22 }), 'sftp://nas:22/.'],
  ['sftp://me@[fe80::1]:22//srv', sftp('fe80::1', '/srv', { user: 'me', port: 22 })],
  ['sftp://me@[fe80::1]//srv', sftp('fe80::1', '/srv', { user: 'me' })],
  [
    'sftp://me%40work@nas:22//with%20space',
    sftp('nas', '/with space', { user: 'me@work', port: 22 }),
    'sftp://me%40work@nas:22//with space',
  ],
  ['sftp://nas:22//a%3Fb%25', sftp('nas', '/a?b%', { port: 22 })],

  ['s3:https://s3.example.org/bucket', s3('https://s3.example.org', 'bucket')],
  [
    's3:https://s3.example.org:9000/bucket/a/b/',
    s3('https://s3.example.org:9000', 'bucket', 'a/b'),
    's3:https://s3.example.org:9000/bucket/a/b',
  ],
  ['s3:http://127.0.0.1:9106/bench1', s3('http://127.0.0.1:9106', 'bench1')],
  [
    's3:s3.amazonaws.com/bucket/prefix',
    s3('https://s3.amazonaws.com', 'bucket', 'prefix'),
    's3:https://s3.amazonaws.com/bucket/prefix',
  ],
  [
    's3://s3.amazonaws.com/bucket',
    s3('https://s3.amazonaws.com', 'bucket'),
    's3:https://s3.amazonaws.com/bucket',
  ],
  ['s3:https://h/b/a%20b', s3('https://h', 'b', 'a b'), 's3:https://h/b/a b'],
  ['s3:h/b/100%', s3('https://h', 'b', '100%'), 's3:https://h/b/100%25'],

  ['rest:https://host:8000/', rest('https://host:8000/')],
  [
    'rest:https://host/me/repository',
    rest('https://host/me/repository/'),
    'rest:https://host/me/repository/',
  ],
  [
    'rest:http://me:secret@host/',
    rest('http://host/', { user: 'me', password: 'secret' }),
    'rest:http://me:***@host/',
  ],
  ['rest:http://me@host/', rest('http://host/', { user: 'me' })],
  [
    'rest:https://me%40work:p%3Aq%2F@host/x/',
    rest('https://host/x/', { user: 'me@work', password: 'p:q/' }),
    'rest:https://me%40work:***@host/x/',
  ],
  ['rest:http+unix:///run/rest.sock:/my/', rest('http://localhost/my/', { socketPath: '/run/rest.sock' })],

  ['rclone:drive:backups', { kind: 'rclone', remote: 'drive:backups' }],
  ['rclone:/srv/backups', { kind: 'rclone', remote: '/srv/backups' }],
  [
    'rclone::s3,access_key_id=AK,secret_access_key="S:K":bucket/x',
    { kind: 'rclone', remote: ':s3,access_key_id=AK,secret_access_key="S:K":bucket/x' },
    'rclone::s3,access_key_id=***,secret_access_key=***:bucket/x',
  ],
  ['rclone:nas,pass=geheim:x', { kind: 'rclone', remote: 'nas,pass=geheim:x' }, 'rclone:nas,pass=***:x'],
  ['rclone:nas,pass="a', { kind: 'rclone', remote: 'nas,pass="a' }, 'rclone:***'],
];

test.each(LOCATIONS)('%s', (text, meaning, told: string = text) => {
  expect(parsed(text)).toEqual(meaning);
  expect(describeLocation(parseLocation(text))).toBe(told);
});

test.each(LOCATIONS.filter(([text]) => !holdsSecret(parseLocation(text))))(
  '%s is the same place when told and parsed again',
  (text) => {
    const location = parseLocation(text);
    expect(parseLocation(describeLocation(location))).toEqual(location);
  },
);

test.each([
  ['', 'empty'],
  ['local:', 'empty'],
  ['/a\0b', 'NUL'],
  ['ftp://example.org/', 'no known kind of place'],
  ['https://me:secret@example.org/', 'rest: or s3:'],
  ['b2:bucket:path', 'rclone'],
  ['sftp:nas', 'a path is missing'],
  ['sftp:/path', 'a path is missing'],
  ['sftp://nas', 'a path is missing'],
  ['sftp::/path', 'the host is missing'],
  ['sftp:[fe80::1]:/x', 'sftp://'],
  ['sftp://me:secret@nas//x', 'password does not belong'],
  ['sftp://nas:0//x', '65535'],
  ['sftp://nas:99999//x', '65535'],
  ['sftp://nas:secret//x', 'sftp://user@host:port//path'],
  ['sftp:nas:~/x', 'without ~'],
  ['sftp:-oProxyCommand=x:/y', 'not possible'],
  ['sftp://nas//a?secret', '%3F'],
  ['sftp://nas//a%secret', '%25'],
  ['s3:', 's3:https://host'],
  ['s3:https://host', 'bucket is missing'],
  ['s3:https://host/', 'bucket is missing'],
  ['s3:host', 'bucket is missing'],
  ['s3:https://key:secret@host/bucket', 'AWS_ACCESS_KEY_ID'],
  ['s3:key:secret@host/bucket', 'AWS_ACCESS_KEY_ID'],
  ['rest:', 'rest:https://'],
  ['rest:host/secret', 'rest:https://'],
  ['rest:ftp://me:secret@host/', 'rest:https://'],
  ['rest:https://me:secret@host:port/', 'rest:https://'],
  ['rest:https://me:secret@host/?x', '%3F'],
  ['rclone:', 'remote is missing'],
  ['rclone:--secret', 'begin with -'],
])('%j is refused in plain words, and is not repeated', (text, words) => {
  try {
    parseLocation(text);
    expect.unreachable();
  } catch (error) {
    if (!isTidemarkError(error, 'request.invalidInput')) throw error;
    expect(error.data.reason).toContain(words);
    expect(error.message).not.toContain('secret@');
    expect(error.message).not.toContain(':secret');
  }
});

describe('text that is shown without its secrets', () => {
  test.each([
    ['rest:https://me:secret@host/', 'rest:https://me:***@host/'],
    ['rest:https://me:secret@host:port/', 'rest:https://***@host:port/'],
    ['https://me:secret@host/', 'https://***@host/'],
    ['sftp://me:secret@nas//x', 'sftp://***@nas//x'],
    ['sftp:me@nas:/x/', 'sftp:me@nas:/x/'],
    ['/backups', '/backups'],
  ])('%s', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });
});
