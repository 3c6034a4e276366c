/**
 * The list behind `--changed-paths-from`: one path a line, or with a NUL between paths (as `find -print0` writes them), which
 * any name survives. Bytes, nothing trimmed or expanded: a name may begin with a space or `#`.
 */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { asText } from './option-values.ts';

/** `-` stands for `stdin`. @throws request.invalidInput */
export async function readChangedPaths(file: string, stdin: NodeJS.ReadStream): Promise<ByteString[]> {
  let content: Uint8Array;
  try {
    content = file === '-' ? await buffer(stdin) : await readFile(Buffer.from(file, 'latin1'));
  } catch (error) {
    throw new TidemarkError(
      'request.invalidInput',
      {
        what: `the list of changed paths ${asText(file)} cannot be read`,
        reason: 'check its path and that you may read it',
      },
      { cause: error },
    );
  }
  return parseChangedPaths(bytesToByteString(content));
}

export function parseChangedPaths(content: ByteString): ByteString[] {
  const separator = content.includes('\0') ? '\0' : '\n';
  return content.split(separator).filter((path) => path !== '') as ByteString[];
}
