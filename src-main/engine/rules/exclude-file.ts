/**
 * Files of patterns (`--exclude-file`, `--include-file`): one pattern a line; white space around it, empty lines and
 * lines that begin with `#` are dropped; `$NAME` and `${NAME}` are replaced from the environment, `$$` is a dollar.
 * Source: restic's manual, "Excluding files", and Go's expansion rules for the odd cases.
 */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { decodeTextFile, splitLines, trimSpace } from '#base/text-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Patterns in the order of the file; an unknown variable becomes nothing. Never throws: patterns are judged when used. */
export function parseExcludeFile(content: Uint8Array, environment: Environment): ByteString[] {
  const patterns: ByteString[] = [];
  for (const line of splitLines(decodeTextFile(content))) {
    const pattern = trimSpace(line);
    if (pattern === '' || pattern.startsWith('#')) continue;
    patterns.push(expandVariables(pattern, environment));
  }
  return patterns;
}

/** `${}` and a `${` that is never closed are dropped; a `$` before anything that is no name stays. */
export function expandVariables(text: ByteString, environment: Environment): ByteString {
  const expanded = text.replace(
    /\$(?:\{([*#$@!?\-0-9])\}|\{([^}]*)\}|(\{)|([*#$@!?\-0-9])|([A-Za-z0-9_]+))/g,
    (_whole, braced1?: string, braced2?: string, open?: string, special?: string, plain?: string) => {
      if (open !== undefined) return '';
      const name = braced1 ?? braced2 ?? special ?? plain ?? '';
      if (name === '') return '';
      return name === '$' ? '$' : textToByteString(environment[name] ?? '');
    },
  );
  return expanded as ByteString;
}
