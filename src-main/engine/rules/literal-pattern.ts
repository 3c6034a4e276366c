/** A path as a pattern that matches it and what is below it, and nothing else. */
import type { ByteString } from '#base/byte-string.ts';
import type { PathStyle } from './path-pattern.ts';

/**
 * `path` is absolute. Where `\` separates folders nothing can be escaped; there `*` and `?` are in no name, and a class of one
 * character stands for a bracket.
 */
export function literalPattern(path: ByteString, style: PathStyle): ByteString {
  if (style === 'windows') return path.replaceAll('[', '[[]') as ByteString;
  return path.replace(/[\\[\]*?]/g, '\\$&') as ByteString;
}
