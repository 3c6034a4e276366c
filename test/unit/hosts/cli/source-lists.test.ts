import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import type { BackupInput } from '#hosts/cli/calls/backup.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { readSourceLists } from '#hosts/cli/source-lists.ts';
import { runCli } from '#test/support/cli-run.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-lists-'));
const at = (name: string): string => join(base, name);
const list = at('list');
const write = (content: string): void => writeFileSync(list, Buffer.from(content, 'latin1'));

beforeAll(() => {
  for (const folder of ['docs', 'docs/sub', 'other']) mkdirSync(at(folder));
  for (const file of ['docs/a.txt', 'docs/.b.txt', 'docs/sub/c.txt', 'other/d.txt', ' # odd*'])
    writeFileSync(at(file), 'x');
  writeFileSync(Buffer.from(`${at('other/')}\xff.txt`, 'latin1'), 'x');
  symlinkSync('nowhere', at('link'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const short = (paths: readonly ByteString[]): string[] => paths.map((path) => path.replace(`${base}/`, ''));

describe('lists of sources', () => {
  it('expand wildcards, pass over comments, blank lines and white space', () => {
    write(
      `# comment\r\n\n  ${at('docs/*.txt')}  \n${at('*/?.txt')}\n${at('link')}\n${at('none*')}\n${at('gone')}\n`,
    );
    const { sources, missing } = readSourceLists({ filesFrom: [list] });
    expect(short(sources)).toEqual([
      'docs/.b.txt',
      'docs/a.txt',
      'docs/a.txt',
      'other/d.txt',
      'other/\xff.txt',
      'link',
    ]);
    expect(short(missing)).toEqual(['none*', 'gone']);
  });

  it('take lines as they are where asked to', () => {
    write(`${at(' # odd*')}\n\n${at('docs/*.txt')}\n${at('other/')}\xff.txt`);
    const { sources, missing } = readSourceLists({ filesFromVerbatim: [list] });
    expect(short(sources)).toEqual([' # odd*', 'other/\xff.txt']);
    expect(short(missing)).toEqual(['docs/*.txt']);
  });

  it('take names that end with a zero byte, and nothing that looks cut off', () => {
    write(`${at('docs')}\0${at('none\n')}\0`);
    const { sources, missing } = readSourceLists({ filesFromRaw: [list] });
    expect([short(sources), short(missing)]).toEqual([['docs'], ['none\n']]);
    for (const cut of [at('docs'), `${at('docs')}\0\0`]) {
      write(cut);
      expect(() => readSourceLists({ filesFromRaw: [list] })).toThrow();
    }
  });

  it('refuse malformed patterns and lists that cannot be read', () => {
    write('[a\n');
    expect(() => readSourceLists({ filesFrom: [list] })).toThrow();
    expect(() => readSourceLists({ filesFromVerbatim: [at('no list')] })).toThrow();
  });

  it('go before the paths of a backup, which is incomplete when something listed is gone', async () => {
    const inputs: BackupInput[] = [];
    const backup = ((_access: unknown, input: BackupInput) => {
      inputs.push(input);
      return Promise.reject(new Error('far enough'));
    }) as unknown as EngineCalls['backup'];
    write(`${at('docs')}\n${at('gone')}\n`);
    const { stderr } = await runCli(['backup', at('other'), '--files-from', list], { engine: { backup } });
    expect(inputs[0]!.sources.map((path) => path.replace(`${base}/`, ''))).toEqual(['docs', 'other']);
    expect(stderr).toContain(`Not saved: ${at('gone')} (it is not there)\n`);
    write(`${at('gone')}\n`);
    const none = await runCli(['backup', '--files-from', list], { engine: { backup } });
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining('nothing of what the lists name is there'),
    ]);
  });
});
