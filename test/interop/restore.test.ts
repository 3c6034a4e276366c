/** What restic backed up is restored as restic restores it, by every rule both have. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import type { RestoreRequest } from '#operations/restore/types.ts';
import { isRoot } from '#test/support/as-nobody.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { openTestRepository } from '#test/support/engine.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { restore } from '#test/support/restore.ts';
import { buildZoo, removeTree } from '#test/support/tree-zoo.ts';

const programs = newestRestic();
const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-restore-interop-'));
const source = join(base, 'zoo');
const snapshot = `latest:${source}`;
const ours = join(base, 'ours');
const theirs = join(base, 'theirs');

beforeAll(() => buildZoo(source, { asRoot: isRoot, omit: ['deep', 'far-times'] }));
afterEach(() => {
  removeTree(ours);
  removeTree(theirs);
});
afterAll(() => removeTree(base));

if (programs.length === 0) test.skip(`restic and restore [skipped: ${NO_RESTIC}]`, () => undefined);

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  const folder = join(base, `repository-${version}`);
  const [major, minor] = version.split('.').map(Number) as [number, number];
  const since = (wanted: number): boolean => major > 0 || minor >= wanted;

  function run(...args: string[]): void {
    const env = { ...process.env, RESTIC_PASSWORD: 'x', RESTIC_CACHE_DIR: join(base, 'cache') };
    const { status, stderr } = spawnSync(restic, ['-r', folder, ...args], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`restic ${args.join(' ')}: ${stderr}`);
  }
  const restoreOurs = async (changes: Partial<RestoreRequest> = {}): Promise<void> => {
    const result = await restore(await openTestRepository(folder, 'x'), ours, { snapshot, ...changes });
    expect(result.problems.map(({ path, code }) => `${toDisplay(path)} ${code}`)).toEqual([]);
    expect(result.warnings).toEqual([]);
  };

  beforeAll(async () => {
    run('init');
    await giveCheapKeyAt(folder, 'x');
    run('backup', source);
  });

  test('every kind of entry comes back as it was', async () => {
    await restoreOurs();
    // 0.14 does not store attributes of links, and loses names of links that are not UTF-8.
    const differences = compareTrees(source, ours, { ignore: ['root', 'sockets'] });
    if (since(16)) expect(differences).toEqual([]);
    run('restore', 'latest', '--target', theirs, '--include', source);
    const ignore = ['root', 'sparseness'] as const;
    const fromRestic = compareTrees(join(theirs, source), ours, { ignore });
    expect(since(16) ? fromRestic : fromRestic.filter((line) => !line.includes('attribute'))).toEqual([]);
  });

  test('full paths below the target', async () => {
    await restoreOurs({ snapshot: 'latest' });
    expect(fs.readdirSync(ours)).toEqual(['tmp']);
    run('restore', 'latest', '--target', theirs);
    expect(
      compareTrees(join(theirs, 'tmp'), join(ours, 'tmp'), { ignore: ['sparseness'] }).filter(
        (line) => since(16) || !line.includes('attribute'),
      ),
    ).toEqual([]);
  });

  test.each([
    ['include', ['file-1*', '/**/links']],
    ['include', [`${source}/names`, 'nothing']],
    ['include', ['many', '!file-2*']],
    ['exclude', ['file-*', 'links', '/**/deep']],
    ['exclude', ['*', '!empty']],
    ['iinclude', ['FILE-7*', 'Modes']],
    ['iexclude', ['MANY', '/TMP/**/contents']],
  ] as const)('--%s %j', async (option, patterns) => {
    const texts = patterns.map(textToByteString);
    const options =
      option.startsWith('i') && option !== 'include'
        ? { patterns: [], ignoreCasePatterns: texts }
        : { patterns: texts };
    await restoreOurs({ snapshot: 'latest', [option.endsWith('include') ? 'include' : 'exclude']: options });
    run('restore', 'latest', '--target', theirs, ...patterns.flatMap((pattern) => [`--${option}`, pattern]));
    fs.mkdirSync(theirs, { recursive: true });
    const differences = compareTrees(theirs, ours, { ignore: ['root', 'sparseness'] });
    expect(since(16) ? differences : differences.filter((line) => !line.includes('attribute'))).toEqual([]);
  });

  const unlessOld = since(17) ? '' : ` [skipped: restic ${version} has no --overwrite]`;
  describe.runIf(since(17))(`over what is there${unlessOld}`, () => {
    test.each(['always', 'if-changed', 'if-newer', 'never'] as const)('--overwrite %s', async (overwrite) => {
      for (const at of [ours, theirs]) {
        fs.mkdirSync(join(at, 'many'), { recursive: true });
        const write = (name: string, content: string, time: number): void => {
          fs.writeFileSync(join(at, name), content, { mode: 0o777 });
          fs.utimesSync(join(at, name), time, time);
        };
        write('text.txt', 'older', 1_000_000_000);
        write('one-byte', 'newer', 4_000_000_000);
        write('many/file-1', fs.readFileSync(join(source, 'many', 'file-1'), 'utf8'), 1_000_000_000);
        write('many/file-2', fs.readFileSync(join(source, 'many', 'file-2'), 'utf8'), 4_000_000_000);
        write('many/own', 'stays', 1_000_000_000);
        fs.symlinkSync('elsewhere', join(at, 'many', 'file-3'));
        fs.lutimesSync(join(at, 'many', 'file-3'), 4_000_000_000, 4_000_000_000);
      }
      await restoreOurs({ overwrite });
      run('restore', snapshot, '--target', theirs, '--overwrite', overwrite);
      expect(compareTrees(theirs, ours, { ignore: ['root', 'sparseness'] })).toEqual([]);
    });
  });
});
