/** Zip files as they come, of friends and of others: listed, never believed. */
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { expect, test } from 'vitest';
import { ContentReader, forgetContents } from '#renderer/features/timeline/inspector/content-reader.ts';
import { listArchive, type Listed } from '#renderer/features/timeline/inspector/list-archive.ts';

async function makeZip(names: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipWriter(new BlobWriter());
  for (const name of names) await zip.add(name, new TextReader('content'));
  return (await zip.close()).bytes();
}

function list(bytes: Uint8Array): Promise<Listed> {
  forgetContents();
  const content = ({ offset, length }: { offset: number; length: number }) =>
    Promise.resolve({ base64: Buffer.from(bytes.subarray(offset, offset + length)).toString('base64') });
  const place = { placeId: 'p', snapshotId: 's', path: '/a' };
  const reader = new ContentReader({ 'browse.content': content } as never, place);
  return listArchive(reader, bytes.length, bytes.subarray(0, 4_096));
}

test('names that would lead out of a folder, or are not what they look like, are shown as they are', async () => {
  const { entries, isCut } = await list(
    await makeZip(['a/b.txt', '../../evil.txt', '/etc/passwd', 'C:\\Windows\\x', 'a\u202Egpj.exe']),
  );
  expect(entries.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['a/b.txt', 7],
    ['../../evil.txt', 7],
    ['/etc/passwd', 7],
    ['C:\\Windows\\x', 7],
    ['a⟨202E⟩gpj.exe', 7],
  ]);
  expect(isCut).toBe(false);
});

test('of very many the first ones', async () => {
  const { entries, isCut } = await list(await makeZip(Array.from({ length: 2_001 }, (_, at) => `${at}`)));
  expect([entries.length, isCut]).toEqual([2_000, true]);
});

test('what is cut off is damaged', async () => {
  const bytes = await makeZip(['a']);
  await expect(list(bytes.subarray(0, bytes.length - 10))).rejects.toThrow();
});
