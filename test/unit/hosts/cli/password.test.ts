/** Password sources with real processes; the prompt on a real terminal made by `script`. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitCommand } from '#base/split-command.ts';
import { runCli, type CliRunOptions } from '#test/support/cli-run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-password-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function passwordFor(args: string[], env: CliRunOptions['env'] = {}): Promise<string> {
  let seen: string | undefined;
  const { stderr } = await runCli(['snapshots', ...args], {
    env: { TIDEMARK_PASSWORD: '', PATH: process.env['PATH'] ?? '', ...env },
    engine: {
      snapshots: (access) => {
        seen = Buffer.from(access.password).toString('latin1');
        return Promise.resolve([]);
      },
    },
  });
  return seen ?? stderr;
}

describe('password sources', () => {
  it('file and command are trimmed, the environment is not', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '\ufeff  from file \r\n\u00a0');
    expect(await passwordFor(['-p', file])).toBe('from file');
    expect(await passwordFor([], { TIDEMARK_PASSWORD_FILE: file })).toBe('from file');
    expect(await passwordFor(['--password-command', 'printf "  from command \\n"'])).toBe('from command');
    expect(await passwordFor([], { TIDEMARK_PASSWORD: ' spaces kept ' })).toBe(' spaces kept ');
  });

  it('keeps bytes that are not UTF-8', async () => {
    const file = join(folder, 'bytes');
    writeFileSync(file, Buffer.from('p\xe9\xff\n', 'latin1'));
    expect(await passwordFor(['-p', file])).toBe('p\xe9\xff');
  });

  it('takes the command before the file before the variable', async () => {
    const file = join(folder, 'order');
    writeFileSync(file, 'file');
    const environment = { TIDEMARK_PASSWORD: 'variable', TIDEMARK_PASSWORD_FILE: file };
    expect(await passwordFor([], environment)).toBe('file');
    expect(await passwordFor(['--password-command', 'echo command'], environment)).toBe('command');
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['both on the line', ['-p', 'x', '--password-command', 'y'], {}, 'both --password-file'],
    [
      'both in the environment',
      [],
      { TIDEMARK_PASSWORD_FILE: 'x', TIDEMARK_PASSWORD_COMMAND: 'y' },
      'both TIDEMARK',
    ],
    ['a missing file', ['-p', '/nowhere/file'], {}, 'is not there'],
    ['a command that fails', ['--password-command', 'false'], {}, 'ended with code 1'],
    [
      'a command that is not there',
      ['--password-command', 'no-such-program-at-all'],
      {},
      'cannot be started',
    ],
    ['an empty password', ['--password-command', 'true'], {}, 'the password is empty'],
    ['empty and given', ['--insecure-no-password'], { TIDEMARK_PASSWORD: 'x' }, 'use one of them'],
  ])('refuses %s', async (_name, args, env, part) => {
    expect((await passwordFor(args, env)).toLowerCase()).toContain(part.toLowerCase());
  });

  it('takes an empty password when that is meant', async () => {
    expect(await passwordFor(['--insecure-no-password'])).toBe('');
  });

  it.each([
    ['a b  c', ['a', 'b', 'c']],
    [`a "b c" 'd "e'`, ['a', 'b c', 'd "e']],
    ['a\\ b', ['a', 'b']],
  ])('splits %s as restic does', (command, parts) => expect(splitCommand('it', command)).toEqual(parts));
});

const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/** Types into `tidemark init` on a terminal; each answer waits for its question. */
function typeInto(args: string, answers: readonly (readonly [question: string, keys: string])[]) {
  return new Promise<{ readonly shown: string; readonly code: number | null }>((resolve) => {
    const command = `${process.execPath} src-main/hosts/cli/main.ts ${args}`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: {
        ...process.env,
        TIDEMARK_REPOSITORY: '/nowhere',
        TIDEMARK_PASSWORD: '',
        TIDEMARK_PASSWORD_FILE: '',
      },
    });
    let shown = '';
    let next = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString('utf8');
      const answer = answers[next];
      if (answer !== undefined && shown.endsWith(answer[0])) {
        next++;
        child.stdin.write(answer[1]);
      }
    });
    child.on('close', (code) => resolve({ shown, code }));
  });
}

describe.skipIf(!hasScript)(
  hasScript ? 'password prompt' : 'password prompt (skipped: no script program to make a terminal)',
  () => {
    it('does not show what is typed, takes corrections, and compares twice', async () => {
      const { shown, code } = await typeInto('init', [
        ['enter password for new repository: ', 'hidden\x7f\x7fEN\r'],
        ['enter password again: ', 'other\r'],
      ]);
      expect(shown).not.toMatch(/hidden|EN|other/);
      expect(shown).toContain('the two passwords differ');
      expect(code).toBe(1);
    });

    it('goes on when both are the same after corrections', async () => {
      const { shown } = await typeInto('init', [
        ['enter password for new repository: ', 'wrong\x15s\u00e9x\x7f\x7fecret\r'],
        ['enter password again: ', 'secret\r'],
      ]);
      expect(shown).not.toContain('differ');
      expect(shown).not.toContain('secret');
    });

    it('ends with 130 after Ctrl-C', async () => {
      const { shown, code } = await typeInto('snapshots', [['enter password for repository: ', 'abc\x03']]);
      expect(code).toBe(130);
      expect(shown).toContain('Stopped as you asked.');
      expect(shown).not.toContain('abc');
    });
  },
);
