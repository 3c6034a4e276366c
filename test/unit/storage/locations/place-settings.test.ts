import { describe, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { parsePlaceSettings } from '#storage/locations/place-settings.ts';

function refusal(...texts: string[]): string {
  try {
    parsePlaceSettings(texts);
  } catch (error) {
    if (isTidemarkError(error, 'request.invalidInput')) return `${error.data.what}: ${error.data.reason}`;
    throw error;
  }
  return 'none';
}

test('each option that there is, and several together', () => {
  expect(
    parsePlaceSettings([
      'local.connections=4',
      'rest.connections=1',
      'sftp.connections=20',
      's3.connections=7',
      'rclone.connections=3',
      's3.bucket-lookup=DNS',
      's3.region=eu-central-1',
      's3.storage-class=STANDARD_IA',
      's3.list-objects-v1=1',
      's3.unsafe-anonymous-auth=false',
      'sftp.args=-i "/a key" -o X=y',
      'rclone.program="/opt/my rclone" --config /x',
      'rclone.args=serve restic --stdio --b2-hard-delete=false --fast-list',
      'rclone.timeout=1m30s',
    ]),
  ).toEqual({
    connections: { local: 4, rest: 1, sftp: 20, s3: 7, rclone: 3 },
    s3: {
      bucketLookup: 'dns',
      region: 'eu-central-1',
      storageClass: 'STANDARD_IA',
      listsAsV1: true,
      isAnonymous: false,
    },
    sftp: { args: ['-i', '/a key', '-o', 'X=y'] },
    rclone: {
      program: ['/opt/my rclone', '--config', '/x'],
      args: ['--b2-hard-delete=false', '--fast-list'],
      timeoutMs: 90_000,
    },
  });
});

test('names in any case and with white space around, values that hold =, the same twice', () => {
  expect(parsePlaceSettings([' S3.Region = a=b ', 's3.region=a=b'])).toEqual({ s3: { region: 'a=b' } });
  expect(parsePlaceSettings([])).toEqual({});
});

describe('what is refused', () => {
  test.each([
    [
      's3.regoin=x',
      /s3\.regoin: there is no such option; there are local\.connections, .*, sftp\.connections$/,
    ],
    ['nothing', /nothing: there is no such option/],
    ['=x', /option -o: there is no such option/],
    ['toString=x', /tostring: there is no such option/],
    ['s3.region', /a value is missing/],
    ['s3.connections=0', /a number from 1/],
    ['s3.connections=many', /a number from 1/],
    ['s3.bucket-lookup=hosts', /auto, dns or path/],
    ['s3.list-objects-v1=yes', /true or false/],
    ['s3.storage-class=a b', /STANDARD_IA/],
    ['rclone.timeout=5', /30s/],
    ['rclone.args=serve http', /begins with: serve restic/],
    ['rclone.args=serve restic --addr=:8080', /not to be chosen/],
    ['sftp.args=-i "x', /a quote in sftp\.args is not closed/],
    ['sftp.command=ssh host -s sftp', /SSH is spoken here without a program.*sftp\.args/],
    ['s3.retries=3', /15 minutes/],
    ['s3.restore-days=3', /archive/],
    ['b2.connections=3', /through rclone/],
  ])('%s', (text, reason) => expect(refusal(text)).toMatch(reason));

  test('the same option with two values; and no value is repeated', () => {
    expect(refusal('s3.region=a', 'S3.region=b')).toMatch(/s3\.region: it is given twice/);
    for (const option of ['s3.bucket-lookup', 'rclone.args', 's3.storage-class', 'nosuch'])
      expect(refusal(`${option}=s3cret !`)).not.toContain('s3cret');
  });
});
