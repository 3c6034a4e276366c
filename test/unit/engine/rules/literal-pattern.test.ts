import { describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createIncludeFilter } from '#rules/exclude-rules.ts';
import { literalPattern } from '#rules/literal-pattern.ts';

const NAMES = ['plain', 'a*', 'a?b', '[x]', '[!x', 'x]', 'back\\slash', '**', '!', '-r', 'Ü[é]'];

describe.each(['posix', 'windows'] as const)('%s', (style) => {
  const names = NAMES.filter((name) => style === 'posix' || !/[\\*?]/.test(name));

  test.each(names)('%s matches itself and what is below, and no neighbour', (name) => {
    const path = textToByteString(`/home/${name}`);
    const { select } = createIncludeFilter({ patterns: [literalPattern(path, style)], style });
    for (const other of names) {
      const matched = select(textToByteString(`/home/${other}`), false).matched;
      expect(matched, other).toBe(other === name);
      expect(select(textToByteString(`/home/${other}/below`), false).matched, other).toBe(other === name);
    }
    expect(select(textToByteString('/home/axb'), false).matched).toBe(false);
  });
});
