/**
 * The rows about places behind a network: a real server of each kind on this machine, reached by a line that is slow and far
 * in both directions. First backup, next backup, restore; each program with its own defaults for the kind and its own cache.
 */
import path from 'node:path';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import { startRestServer } from '#test/support/rest-server.ts';
import { keysEnvironment } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server } from '#test/support/s3-server.ts';
import { sftpEnvironment } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer } from '#test/support/sftp-server.ts';
import { startTcpProxy } from '#test/support/tcp-proxy.ts';
import type { FarLine } from './bench-options.ts';
import type { Comparison, FarKind } from './bench-result.ts';
import { compare, type ComparisonResults, type ComparisonSetting, type Work } from './compare-programs.ts';
import type { ComparedProgram, FarPlace } from './compared-program.ts';
import { readFolder } from './folder-facts.ts';
import { formatBytes, formatCount } from './format-figures.ts';
import { losePackets } from './lossy-network.ts';

/** One way, in each direction. */
const DELAY_MS = 25;

/** A server of one kind, behind the line. */
interface Server {
  readonly place: (program: 'ours' | 'restic') => FarPlace;
  stop(): Promise<void>;
}

const STARTERS: Readonly<Record<FarKind, (shape: FarLine) => Promise<Server | string>>> = {
  sftp: startSftp,
  rest: startRest,
  s3: startS3,
  rclone: startRclone,
};

export async function comparePlaces(
  setting: ComparisonSetting,
  source: string,
  shape: FarLine,
): Promise<ComparisonResults> {
  const comparisons: Comparison[] = [];
  for (const kind of ['sftp', 'rest', 's3', 'rclone'] as const) {
    const server = await STARTERS[kind](shape);
    if (typeof server === 'string') {
      setting.say(`${kind} is left out: ${server}`);
      continue;
    }
    try {
      const ours = setting.ours.at(server.place('ours'));
      const restic = setting.restic.at(server.place('restic'));
      for (const work of worksOf(kind, source, shape))
        comparisons.push(await compare({ ...setting, ours, restic }, work));
      for (const program of [ours, restic]) program.removeRepository();
    } finally {
      await server.stop();
    }
  }
  return { comparisons, sizes: [] };
}

function worksOf(kind: FarKind, source: string, shape: FarLine): Work[] {
  const facts = readFolder(source, true);
  const files = `${formatCount(facts.files)} files, ${formatBytes(facts.bytes)}`;
  return [
    {
      id: `first-${kind}`,
      title: `${kind}, ${describeLine(shape)}: first backup, ${files}`,
      prepare: async (program) => {
        await program.renewRepository();
        readFolder(source, true);
      },
      run: (program) => program.backup(source),
    },
    {
      id: `unchanged-${kind}`,
      title: `${kind}: next backup, nothing changed`,
      prepare: () => void readFolder(source, false),
      run: (program) => program.backup(source),
    },
    {
      id: `restore-${kind}`,
      title: `${kind}: restore`,
      prepare: () => undefined,
      run: (program) => program.restore(),
      after: (program) => checkRestored(program, source, facts.files),
    },
  ];
}

function describeLine({ bytesPerSecond, lossPercent }: FarLine): string {
  const loss = lossPercent === 0 ? '' : `, ${lossPercent} % lost`;
  return `${2 * DELAY_MS} ms and ${bytesPerSecond / 125_000} Mbit/s away${loss}`;
}

function checkRestored(program: ComparedProgram, source: string, files: number): void {
  const restored = readFolder(path.join(program.target, source), false);
  if (restored.files !== files)
    throw new Error(`${program.name} restored ${restored.files} of ${files} files`);
  program.removeTarget();
}

async function startSftp(shape: FarLine): Promise<Server | string> {
  const obstacle = sftpServerObstacle();
  if (obstacle !== undefined) return obstacle;
  const server = await startSftpServer();
  const line = await startLine(server.port, shape);
  const command = [
    `ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${server.knownHostsFile}`,
    `-i ${server.keyFile} -p ${line.port} ${server.user}@127.0.0.1 -s sftp`,
  ].join(' ');
  server.know('ed25519', line.port);
  return {
    place: (program) => ({
      location: (name) => `sftp://${server.user}@127.0.0.1:${line.port}/${path.join(server.data, name)}`,
      args: program === 'ours' ? [] : ['-o', `sftp.command=${command}`],
      env: program === 'ours' ? sftpEnvironment(server) : {},
    }),
    stop: () => stopBoth(line, () => server.close()),
  };
}

async function startRest(shape: FarLine): Promise<Server | string> {
  const program = restServerProgram();
  if (program === undefined) return NO_REST_SERVER;
  const server = await startRestServer(program);
  const line = await startLine(server.port, shape);
  return {
    place: () => ({ location: (name) => `rest:http://127.0.0.1:${line.port}/${name}/`, args: [], env: {} }),
    stop: () => stopBoth(line, () => server.stop()),
  };
}

async function startS3(shape: FarLine): Promise<Server | string> {
  const obstacle = s3ServerObstacle();
  if (obstacle !== undefined) return obstacle;
  const server = await startS3Server();
  const line = await startLine(server.port, shape);
  return {
    place: () => ({
      location: (name) => `s3:http://127.0.0.1:${line.port}/${name}`,
      args: [],
      env: { ...keysEnvironment(OWNER_KEYS), AWS_DEFAULT_REGION: 'us-east-1' },
    }),
    stop: () => stopBoth(line, () => server.stop()),
  };
}

/** Both programs drive the same rclone, whose remote is an SSH server at the far end of the line. */
async function startRclone(shape: FarLine): Promise<Server | string> {
  const rclone = rcloneProgram();
  if (rclone === undefined) return NO_RCLONE;
  const obstacle = sftpServerObstacle();
  if (obstacle !== undefined) return obstacle;
  const server = await startSftpServer();
  const line = await startLine(server.port, shape);
  const env = {
    TIDEMARK_RCLONE: rclone,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_FAR_TYPE: 'sftp',
    RCLONE_CONFIG_FAR_HOST: '127.0.0.1',
    RCLONE_CONFIG_FAR_PORT: String(line.port),
    RCLONE_CONFIG_FAR_USER: server.user,
    RCLONE_CONFIG_FAR_KEY_FILE: server.keyFile,
  };
  return {
    place: (program) => ({
      location: (name) => `rclone:far:${path.join(server.data, name)}`,
      args: program === 'ours' ? [] : ['-o', `rclone.program=${rclone}`],
      env,
    }),
    stop: () => stopBoth(line, () => server.close()),
  };
}

type Line = Awaited<ReturnType<typeof startTcpProxy>>;

async function startLine(targetPort: number, { bytesPerSecond, lossPercent }: FarLine): Promise<Line> {
  const shape = { delayMs: DELAY_MS, bytesPerSecond };
  const line = await startTcpProxy({ targetPort, up: shape, down: shape });
  if (lossPercent > 0) losePackets(line.port, lossPercent);
  return line;
}

async function stopBoth(line: Line, stopServer: () => Promise<void>): Promise<void> {
  line.close();
  await stopServer();
}
