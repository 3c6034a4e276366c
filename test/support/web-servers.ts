/**
 * Servers of the web as tests lie about them: rest-server, rclone's and a bucket, each started for a test file, with what one
 * of their lists looks like on the way.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { ProxiedRequest } from '#test/support/http-fault-proxy.ts';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import { startRcloneRestServer, startRestServer } from '#test/support/rest-server.ts';
import { keysEnvironment, makeBucket, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server } from '#test/support/s3-server.ts';

export interface WebServer {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  addressAt(port: number): string;
  stop(): Promise<void>;
}

export interface WebKind {
  readonly title: string;
  readonly obstacle: string | undefined;
  start(): Promise<WebServer>;
  isList(asked: ProxiedRequest): boolean;
  /** The same list with everything twice. */
  repeat(body: string): string;
}

const REST = {
  isList: ({ method, path: asked }: ProxiedRequest) => method === 'GET' && asked.endsWith('/'),
  repeat: (body: string) => {
    const entries = JSON.parse(body) as unknown[] | null;
    return JSON.stringify(entries === null ? null : [...entries, ...entries]);
  },
};
const restServer = restServerProgram();
const rclone = rcloneProgram();

export const WEB_KINDS: readonly WebKind[] = [
  {
    ...REST,
    title: 'rest-server',
    obstacle: restServer === undefined ? NO_REST_SERVER : undefined,
    start: async () => asRest(await startRestServer(restServer ?? '')),
  },
  {
    ...REST,
    title: 'rclone serve restic',
    obstacle: rclone === undefined ? NO_RCLONE : undefined,
    start: async () => asRest(await startRcloneRestServer(rclone ?? '')),
  },
  {
    title: 'S3',
    obstacle: s3ServerObstacle(),
    start: startBucket,
    isList: ({ path: asked }) => asked.includes('list-type=2'),
    repeat: (body) => body.replaceAll(/<Contents>.*?<\/Contents>/gs, '$&$&'),
  },
];

function asRest(server: { readonly port: number; stop(): Promise<void> }): WebServer {
  return {
    port: server.port,
    env: {},
    addressAt: (port) => `rest:http://127.0.0.1:${String(port)}/place/`,
    stop: () => server.stop(),
  };
}

async function startBucket(): Promise<WebServer> {
  const server = await startS3Server();
  const client: S3Client = s3Client(server);
  const bucket = await makeBucket(client);
  client.destroy();
  return {
    port: server.port,
    env: keysEnvironment(OWNER_KEYS),
    addressAt: (port) => `s3:http://127.0.0.1:${String(port)}/${bucket}/place`,
    stop: () => server.stop(),
  };
}
