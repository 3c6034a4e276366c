/** JSON for reading: two spaces per level, as Go's MarshalIndent. Works on the text, so that no number is rounded. */
import type { ByteString } from '#base/byte-string.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** `json` must be valid. */
export function indentJson(json: ByteString): ByteString {
  let out = '';
  let depth = 0;
  let previous = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of json.matchAll(TOKEN)) {
    const isOpening = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth--;
      out += isOpening ? token : newLine() + token;
    } else {
      if (isOpening || previous === ',') out += newLine();
      out += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') depth++;
    }
    previous = token;
  }
  return out as ByteString;
}
