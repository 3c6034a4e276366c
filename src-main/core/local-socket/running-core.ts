/** The socket of a running core: whoever carries one serves it, the command line and browser mode look for it. */
import { appCalls, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import { createCallClient, type CallConnection } from '#contract/calls/create-call-client.ts';
import type { Channel } from '#contract/calls/channel.ts';
import type { Core } from '../core.ts';
import { connectLocalSocket } from './connect-local-socket.ts';
import { serveLocalSocket, type LocalSocket } from './serve-local-socket.ts';

const NAME = 'core.sock';

/** @throws see serveLocalSocket */
export function serveRunningCore(profileFolder: string, core: Pick<Core, 'connect'>): Promise<LocalSocket> {
  return serveLocalSocket(profileFolder, NAME, (channel) => core.connect(channel));
}

/** A channel with the whole contract, for who passes it on. Undefined: no core runs on this profile. */
export function openRunningCore(profileFolder: string): Promise<Channel | undefined> {
  return connectLocalSocket(profileFolder, NAME);
}

/** The calls of the core that runs on this profile; undefined: none does. @throws storage.accessDenied, storage.* */
export async function connectToRunningCore(
  profileFolder: string,
): Promise<CallConnection<AppCalls, AppTopics> | undefined> {
  const channel = await openRunningCore(profileFolder);
  return channel && createCallClient<AppCalls, AppTopics>(channel, appCalls);
}
