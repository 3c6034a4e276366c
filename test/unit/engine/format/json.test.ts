import { describe, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { JsonFields, skipJsonValue, splitArray, splitObject } from '#format/json-fields.ts';
import { decodeJsonString, decodeJsonText, encodeJsonString, encodeJsonText } from '#format/json-text.ts';

const json = (text: string): ByteString => textToByteString(text);

describe('strings as restic writes them', () => {
  test.each([
    ['plain /', '"plain /"'],
    ['"\\', '"\\"\\\\"'],
    ['\n\r\t\b\f', '"\\n\\r\\t\\b\\f"'],
    ['\x00\x0b\x1f\x7f', '"\\u0000\\u000b\\u001f\x7f"'],
    ['<>&', '"\\u003c\\u003e\\u0026"'],
    ['\u2028\u2029\u202a', '"\\u2028\\u2029\u202a"'],
    ['é😀\ufffd', '"é😀\ufffd"'],
    ['\ud800x', '"\ufffdx"'],
  ])('%j', (text, literal) => {
    expect(encodeJsonText(text)).toBe(json(literal));
  });

  test('bytes that are not UTF-8 become \\ufffd each', () => {
    expect(encodeJsonString('a\xff\xc3' as ByteString)).toBe('"a\\ufffd\\ufffd"');
  });
});

describe('decoding strings', () => {
  test.each([
    ['\\u0041\\/\\b', 'A/\b'],
    ['\\ud83d\\ude00', '😀'],
    ['\\uD83D\\uDE00', '😀'],
    ['\\ud83d', '\ufffd'],
    ['\\ud800\\udc00\\udbff\\udfff', '\u{10000}\u{10ffff}'],
    ['\\ude00', '\ufffd'],
    ['\\ud83dx', '\ufffdx'],
    ['\\ud83d\\ud83d\\ude00', '\ufffd😀'],
    ['\\u0041\\ude00', 'A\ufffd'],
    ['\\ude00\\ude00', '\ufffd\ufffd'],
    ['\\\\u0041', '\\u0041'],
  ])('%j', (body, text) => {
    expect(decodeJsonText(json(body))).toBe(text);
  });

  test.each(['\\x', '\\u12', '\\', '\\u12g4'])('refuses %j', (body) => {
    expect(() => decodeJsonString(json(body))).toThrow(FormatError);
  });
});

describe('structure', () => {
  test('members and elements keep their raw text', () => {
    expect(
      splitObject(json(' { "a" : 18446744073709551615 , "b":[1, {"c":"}"}] ,"\\u0063":null } ')),
    ).toEqual([
      { key: 'a', value: '18446744073709551615' },
      { key: 'b', value: '[1, {"c":"}"}]' },
      { key: 'c', value: 'null' },
    ]);
    expect(splitArray(json('[1,"]",[ ]]'))).toEqual(['1', '"]"', '[ ]']);
    expect(splitArray(json('[]'))).toEqual([]);
    expect(splitObject(json('{ }'))).toEqual([]);
  });

  test.each([
    '',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":nul}',
    '{"a":truefalse}',
    '{"a":"\n"}',
    '{"a":"\\x"}',
    '{"a":1}x',
    '{a:1}',
    '[1]',
    'null',
    '{"a":"',
  ])('refuses %j as an object', (text) => {
    expect(() => splitObject(json(text))).toThrow(FormatError);
  });

  test('deep nesting is refused, not a crash', () => {
    expect(() => skipJsonValue(json('['.repeat(100_000)), 0)).toThrow(FormatError);
    const deep = '['.repeat(150) + ']'.repeat(150);
    expect(skipJsonValue(json(deep), 0)).toBe(300);
  });
});

describe('fields', () => {
  const known = new Set(['N', 'name', 'list']);

  test('any case, the last one wins, null is absent', () => {
    const fields = new JsonFields(json('{"NAME":"a","name":"b","N":null,"other":1}'), known);
    expect(fields.text('name')).toBe('b');
    expect(fields.number('N')).toBeUndefined();
    expect(fields.unknown).toEqual([{ key: 'other', value: '1' }]);
  });

  test('64-bit integers keep every digit', () => {
    const fields = new JsonFields(json('{"N":18446744073709551615}'), known);
    expect(fields.integer('N', 2n ** 64n - 1n)).toBe(18446744073709551615n);
    expect(() => fields.integer('N', 2n ** 64n - 2n)).toThrow(/field N/);
    expect(() => fields.number('N')).toThrow(FormatError);
  });

  test.each(['{"N":"1"}', '{"N":1.5}', '{"N":-1}', '{"N":1e3}', '{"N":[]}'])('%s has no number', (text) => {
    expect(() => new JsonFields(json(text), known).number('N')).toThrow(FormatError);
  });

  test.each(['{"name":1}', '{"name":["a"]}', '{"name":true}'])('%s has no string', (text) => {
    expect(() => new JsonFields(json(text), known).text('name')).toThrow(FormatError);
  });

  test.each(['"a"', '"YQ="', '"YQ==="', '"Y-=="', '1'])('%s is not base64', (value) => {
    expect(() => new JsonFields(json(`{"name":${value}}`), known).base64('name')).toThrow(FormatError);
  });
});
