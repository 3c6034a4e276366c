/**
 * `tidemark health`: whether everything is protected, for a person and for a watchdog of another program. Never starts a
 * core: that none runs is one of the answers. Then, or when it hangs, its last sign of life is told.
 */
import type { Command } from 'commander';
import { systemClock } from '#base/system-clock.ts';
import { readHeartbeat } from '#core/read-heartbeat.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { HEARTBEAT_LIMIT_MS } from '#services/health/health-limits.ts';
import type { ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { example } from '../option-values.ts';
import {
  HEALTH_EXIT_CODES,
  healthLines,
  namesInMirror,
  type HealthNames,
  type WireHealth,
} from '../profile/health-words.ts';
import { agoText } from '../profile/moment-text.ts';

/** A core that is busy answers within milliseconds; one that does not is told as one that hangs. */
const PATIENCE_MS = 10_000;

export function defineHealth(command: Command, run: RunCommand): void {
  command
    .addHelpText(
      'after',
      `
Exit codes, for other programs that watch:
  0  protected, perhaps with exceptions that are listed
  1  this could not be found out because of an error
  4  late: the newest version is older than you asked for
  5  in danger: much older, or damaged
  6  nobody can tell: Tidemark does not run or does not answer, or there is no plan
`,
    )
    .addHelpText('after', example('tidemark health --json'))
    .action(() => run(tellHealth));
}

async function tellHealth(session: CommandSession): Promise<ExitCode> {
  const { output, options } = session;
  const nowMs = Date.now();
  const mirror = await askRunning(session);
  const { health, names, heartbeatAtMs } =
    mirror === undefined
      ? await judgeFromOutside(options.profile, nowMs)
      : { health: mirror.health, names: namesInMirror(mirror, nowMs), heartbeatAtMs: null };
  if (options.json)
    output.json({ message_type: 'health', isRunning: mirror !== undefined, heartbeatAtMs, ...health });
  else for (const line of healthLines(health, names)) await output.result(line);
  if (mirror === undefined && heartbeatAtMs !== null && !options.json) {
    await output.result(
      `\nThis is what Tidemark knew ${agoText(heartbeatAtMs, nowMs)}; it does not answer now.`,
    );
  }
  return HEALTH_EXIT_CODES[health.state];
}

/** Undefined: none runs, or it does not answer. */
async function askRunning({ host, options, context }: CommandSession): Promise<Mirror | undefined> {
  const profile = await host.findProfile(options.profile);
  if (profile === undefined) return undefined;
  const patience = new AbortController();
  try {
    return await Promise.race([
      profile.calls['mirror.get']({}, { signal: context.signal }),
      systemClock.sleep(PATIENCE_MS, patience.signal).then(() => undefined),
    ]);
  } finally {
    patience.abort();
    await profile.close();
  }
}

async function judgeFromOutside(
  profile: string,
  nowMs: number,
): Promise<{ health: WireHealth; names: HealthNames; heartbeatAtMs: number | null }> {
  const beat = await readHeartbeat(profile);
  const names: HealthNames = { nowMs, nameOf: (id) => beat?.names[id] ?? id, errorOf: () => undefined };
  const isRecent = beat !== undefined && Math.abs(nowMs - beat.atMs) <= HEARTBEAT_LIMIT_MS;
  if (isRecent) return { health: beat.health, names, heartbeatAtMs: beat.atMs };
  const health: WireHealth = {
    state: 'cannotTell',
    plans: beat?.health.plans ?? [],
    copies: beat?.health.copies ?? [],
    problems: [
      {
        key: 'notRunning',
        code: 'notRunning',
        level: 'alarm',
        state: 'cannotTell',
        planIds: [],
        placeIds: [],
      },
    ],
  };
  return { health, names, heartbeatAtMs: beat?.atMs ?? null };
}
