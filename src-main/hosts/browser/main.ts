/**
 * Browser mode on a profile: the web server before a core, which is the one that runs on the profile or one of its own.
 * A module of its own, loaded by `tidemark serve` only. One per profile: who asks again is given a link by the first.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { systemClock } from '#base/system-clock.ts';
import { appCalls, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import { claimProfile, openOwnCore } from '#core/claim-profile.ts';
import { startChildEngine } from '#core/child-engine.ts';
import { headlessHost } from '#core/headless-ports.ts';
import { joinChannels } from '#core/join-channels.ts';
import { connectLocalSocket } from '#core/local-socket/connect-local-socket.ts';
import { connectToRunningCore, openRunningCore } from '#core/local-socket/running-core.ts';
import { serveLocalSocket } from '#core/local-socket/serve-local-socket.ts';
import type { ContentCalls } from '#core/pages/content-answer.ts';
import { loadPageFiles } from '#core/pages/page-files.ts';
import { watchWorkerUrl } from '#core/program-files.ts';
import { createThreadedWatching } from '#core/watch-thread.ts';
import { startBrowserServer, type BrowserServer } from './browser-server.ts';

export interface ServeProfileOptions {
  readonly profile: string;
  readonly port: number;
  /** Instead of those that were built with this program. */
  readonly pages?: string | undefined;
  readonly version: string;
  readonly signal: AbortSignal;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

export interface ServedProfile {
  readonly port: number;
  newLink(): Promise<string>;
  readonly isElsewhere: boolean;
  /** Resolves when the core in another process that is shown has gone. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const SOCKET = 'browser.sock';
const calls = {
  'browser.newLink': {
    kind: 'command',
    input: z.strictObject({}),
    output: z.strictObject({ link: z.string(), port: z.number() }),
  },
} as const;

/** Another command that has just made a core for itself ends within a backup. */
const PATIENCE_MS = 600_000;

/** Browser mode that runs on this profile already, in another process; undefined: none. @throws storage.* */
export async function findServedProfile(profile: string): Promise<ServedProfile | undefined> {
  const channel = await connectLocalSocket(profile, SOCKET);
  if (channel === undefined) return undefined;
  const connection = createCallClient(channel, calls);
  const first = await connection.calls['browser.newLink']({});
  let unused: string | undefined = first.link;
  return {
    port: first.port,
    isElsewhere: true,
    async newLink() {
      const link = unused ?? (await connection.calls['browser.newLink']({})).link;
      unused = undefined;
      return link;
    },
    ended: Promise.resolve(),
    close: async () => connection.close(),
  };
}

/** @throws request.invalidInput, state.*, storage.* */
export async function serveProfile(options: ServeProfileOptions): Promise<ServedProfile> {
  const { profile, port, signal } = options;
  const source = await claimProfile<CoreSource, CoreSource>(profile, {
    find: () => findSource(profile),
    open: () => openSource(options),
    clock: systemClock,
    patienceMs: PATIENCE_MS,
    signal,
  });
  let server: BrowserServer | undefined;
  try {
    const started = await startBrowserServer({
      pages: loadPageFiles(options.pages ?? pagesFolder()),
      port,
      clock: systemClock,
      randomBytes,
      connect: (channel) => source.connect(channel),
      calls: source.calls,
    });
    server = started;
    const socket = await serveLocalSocket(profile, SOCKET, (channel) => {
      serveCalls(
        channel,
        calls,
        {},
        {
          'browser.newLink': () => ({ link: started.newLink(), port: started.port }),
        },
      );
    });
    return {
      port: started.port,
      isElsewhere: false,
      newLink: async () => started.newLink(),
      ended: source.ended,
      async close() {
        await socket.close();
        await started.close();
        await source.close();
      },
    };
  } catch (error) {
    await server?.close();
    await source.close();
    throw error;
  }
}

interface CoreSource {
  connect(channel: Channel): void;
  /** For what this process asks itself. */
  readonly calls: ContentCalls;
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The core of an application or a service is shown as it is; that of a single command is waited for. */
async function findSource(profile: string): Promise<CoreSource | undefined> {
  const connection = await connectToRunningCore(profile);
  if (connection === undefined) return undefined;
  const { host } = await connection.calls['app.info']({}).catch(() => ({ host: 'commandLine' }));
  connection.close();
  if (host === 'commandLine') return undefined;
  const life = await openRunningCore(profile);
  if (life === undefined) return undefined;
  return {
    connect(channel) {
      void openRunningCore(profile).then(
        (core) => (core === undefined ? channel.close() : joinChannels(channel, core)),
        () => channel.close(),
      );
    },
    calls: createCallClient<AppCalls, AppTopics>(life, appCalls).calls,
    ended: new Promise((resolve) => life.onClose(resolve)),
    close: async () => life.close(),
  };
}

async function openSource({ profile, version, log }: ServeProfileOptions): Promise<CoreSource> {
  const host = headlessHost({
    name: 'browser',
    version,
    clock: systemClock,
    startEngine: startChildEngine,
    startWatching: () => createThreadedWatching(watchWorkerUrl(), systemClock),
    log,
  });
  try {
    const own = await openOwnCore(profile, host.ports);
    return {
      connect: (channel) => own.core.connect(channel),
      calls: own.core.calls,
      ended: new Promise(() => undefined),
      async close() {
        await own.close();
        host.close();
      },
    };
  } catch (error) {
    host.close();
    throw error;
  }
}

/** Beside the built program; from the sources what was built last. */
function pagesFolder(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../../dist/renderer' : './renderer', import.meta.url));
}
