/** Tells of the machine and the checkout what a reader of the results must know. No names, no paths. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Machine } from './bench-result.ts';

/** `folder`: where the data lies. */
export function describeMachine(folder: string): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    fileSystem: fileSystemOf(folder),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Version and commit; `+` when the checkout differs from it. */
export function describeTidemark(): string {
  const git = (...args: string[]): string =>
    spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short', 'HEAD');
  const isChanged = git('status', '--porcelain', '--untracked-files=no', ':/src-main', ':/bin') !== '';
  return [packageJson.version, `${commit}${commit !== '' && isChanged ? '+' : ''}`].join(' ').trim();
}

function fileSystemOf(folder: string): string {
  const real = realpathSync(folder);
  let best = { place: '', kind: 'unknown file system' };
  for (const line of readFileSync('/proc/self/mounts', 'utf8').split('\n')) {
    const [, place, kind] = line.split(' ');
    if (place === undefined || kind === undefined || place.length < best.place.length) continue;
    if (real === place || real.startsWith(place === path.sep ? place : `${place}${path.sep}`)) {
      best = { place, kind };
    }
  }
  return best.kind;
}
