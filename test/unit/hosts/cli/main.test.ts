/** The real entry in a real process. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';

function start(args: readonly string[]) {
  return spawn(process.execPath, ['src-main/hosts/cli/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ReturnType<typeof start>): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}

describe('tidemark', () => {
  it('says nothing when its reader goes away', async () => {
    const child = start(['--help']);
    child.stdout.destroy();
    expect((await ended(child)).stderr).toBe('');
  });

  it('prints its version', async () => {
    const child = start(['version', '--json']);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    expect(await ended(child)).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ message_type: 'version' });
  });

  it.skipIf(process.platform === 'win32')('ignores a hang-up, ends with 130 when interrupted', async () => {
    const child = spawn(
      process.execPath,
      [
        'src-main/hosts/cli/main.ts',
        '-r',
        '/nowhere',
        '--password-command',
        'sh -c "echo started >&2; exec sleep 60"',
        'snapshots',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let hungUp = false;
    child.stderr.on('data', (chunk: Buffer) => {
      if (hungUp || !chunk.toString('utf8').includes('started')) return;
      hungUp = true;
      child.kill('SIGHUP');
      child.kill('SIGINT');
    });
    const { code, stderr } = await ended(child);
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped as you asked.');
  });
});
