import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { PlaceLocation } from '#storage/locations/place-location.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/);
const hostName = fc.oneof(fc.stringMatching(/^[a-z0-9]{1,5}(\.[a-z]{1,3})?$/), fc.constant('fe80::1'));
/** Any text that normalising leaves as it is. */
const part = fc
  .stringMatching(/^[^\0/]{1,8}$/)
  .filter((text) => text !== '.' && text !== '..' && !text.startsWith('~'));
const relative = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const path = fc.oneof(
  relative,
  relative.map((text) => `/${text}`),
);
const port = fc.integer({ min: 1, max: 65_535 });

const location: fc.Arbitrary<PlaceLocation> = fc.oneof(
  fc.record({ kind: fc.constant('local' as const), path }),
  fc.record(
    { kind: fc.constant('sftp' as const), user: part, host: hostName, port, path },
    { requiredKeys: ['kind', 'host', 'path'] },
  ),
  fc.record({
    kind: fc.constant('s3' as const),
    endpoint: fc
      .oneof(
        word,
        word.map((text) => `${text}.org:9000`),
      )
      .map((host) => `https://h${host.toLowerCase()}`),
    bucket: word,
    prefix: fc.oneof(fc.constant(''), relative),
  }),
  fc.record(
    {
      kind: fc.constant('rest' as const),
      url: word.map((text) => `https://host:8000/${text}/`),
      user: fc
        .string({ minLength: 1, maxLength: 8 })
        .filter((text) => text.isWellFormed() && !text.includes('\0')),
    },
    { requiredKeys: ['kind', 'url'] },
  ),
  fc.record({
    kind: fc.constant('rclone' as const),
    remote: fc.tuple(word, path).map((both) => both.join(':')),
  }),
);

test('a location that is told and parsed again is the same', () => {
  fc.assert(
    fc.property(location, (each) => {
      expect(parseLocation(describeLocation(each))).toEqual(each);
    }),
  );
});

test('a password is never told', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9:@/?# %]{6,12}$/), (password) => {
      const text = `rest:https://me:${encodeURIComponent(password)}@host/`;
      const parsed = parseLocation(text);
      expect(parsed).toMatchObject({ kind: 'rest', url: 'https://host/', user: 'me' });
      if (parsed.kind === 'rest') expect(parsed.password?.equals(new SecretText(password))).toBe(true);
      expect(describeLocation(parsed)).toBe('rest:https://me:***@host/');
    }),
  );
});

test('any text is a location or is refused', () => {
  const kinds = fc.constantFrom(
    '',
    'local:',
    'sftp:',
    'sftp://',
    's3:',
    's3:https://',
    'rest:',
    'rest:https://',
    'rclone:',
  );
  fc.assert(
    fc.property(kinds, fc.string({ unit: 'binary' }), (kind, rest) => {
      try {
        describeLocation(parseLocation(`${kind}${rest}`));
      } catch (error) {
        if (!isTidemarkError(error, 'request.invalidInput')) throw error;
      }
    }),
  );
});
