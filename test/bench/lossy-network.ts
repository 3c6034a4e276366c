/**
 * A network of the bench's own, in which packets get lost. The whole bench runs in it, so that it ends with the bench and no
 * other connection of the machine loses anything. Needs root, `unshare`, `ip` and `nft`.
 */
import { spawn, spawnSync } from 'node:child_process';

/** Set in the process that is inside. */
const INSIDE = 'TIDEMARK_BENCH_OWN_NETWORK';
const NEEDS = 'Losing packets needs root, and Debian’s packages util-linux, iproute2 and nftables';

export function isInsideOwnNetwork(): boolean {
  return process.env[INSIDE] === '1';
}

/** Runs this program again inside. @returns its exit code. @throws Error with a sentence for the person */
export function runInsideOwnNetwork(signal: AbortSignal): Promise<number> {
  const [script, ...args] = process.argv.slice(1);
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', ['--net', process.execPath, script ?? '', ...args], {
      stdio: 'inherit',
      env: { ...process.env, [INSIDE]: '1' },
    });
    // It gets the person's interrupt as well, and tidies up: it is waited for.
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.once('error', (error) => reject(new Error(`${NEEDS}: ${error.message}`)));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** From now on this part of the packets from and to a port of the loopback is lost, each way. @throws Error */
export function losePackets(port: number, percent: number): void {
  // As on a real line: packets of a usual size, each lost by itself, not 64 KiB at once.
  for (const setting of [
    ['mtu', '1500'],
    ['gso_max_segs', '1'],
  ])
    runTool('ip', ['link', 'set', 'lo', ...setting]);
  const drop = `numgen random mod 1000 < ${Math.round(percent * 10)} drop`;
  const rules = [
    'table inet lossy {',
    'chain input {',
    'type filter hook input priority 0;',
    `tcp dport ${port} ${drop}`,
    `tcp sport ${port} ${drop}`,
    '}',
    '}',
    '',
  ];
  runTool('nft', ['-f', '-'], rules.join('\n'));
}

/** Without it nothing inside reaches 127.0.0.1. */
export function raiseLoopback(): void {
  runTool('ip', ['link', 'set', 'lo', 'up']);
}

function runTool(name: string, args: readonly string[], input = ''): void {
  const { status, stderr, error } = spawnSync(name, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${NEEDS}. ${name}: ${error?.message ?? stderr.trim()}`);
}
