/**
 * The engine behind its calls, in this process over a channel pair or in a child process, and places for it: real
 * repositories in folders, with a key that opens at once. The keychain is out of reach: what tests do must not get into one.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createChannelPair } from '#contract/calls/channel.ts';
import { createCallClient, type CallConnection } from '#contract/calls/create-call-client.ts';
import { engineCalls, type EngineCalls, type EngineTopics } from '#contract/engine/engine-calls.ts';
import type { BackupChoice, PlaceAccess } from '#contract/engine/engine-values.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import type { EngineParts } from '#engine-service/engine-parts.ts';
import { serveEngine } from '#engine-service/serve-engine.ts';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { bundledThreads } from '#test/support/bundled-threads.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { makeLocalRepository } from '#test/support/engine.ts';

/** As a session without a keychain has it. */
process.env['DBUS_SESSION_BUS_ADDRESS'] = 'disabled:';

export const PLACE_PASSWORD = 'typed by somebody';
export const SERIES = seriesTag('photos');

export interface TestEngine {
  readonly calls: CallConnection<EngineCalls, EngineTopics>['calls'];
  readonly connection: CallConnection<EngineCalls, EngineTopics>;
  /** What it logged. */
  readonly log: readonly string[];
}

export function connectTo(engine: Pick<EngineProcess, 'channel'>): TestEngine {
  const connection = createCallClient<EngineCalls, EngineTopics>(engine.channel, engineCalls);
  const log: string[] = [];
  connection.on('log', ({ text }) => void log.push(text));
  return { calls: connection.calls, connection, log };
}

/** In this process; ends with the test. */
export function startTestEngine(
  changes: Partial<EngineParts> = {},
): TestEngine & { readonly parts: EngineParts } {
  const [channel, engineEnd] = createChannelPair();
  const parts = {
    ...createEngineParts(),
    createThreads: bundledThreads,
    keychain: new NoKeychain(),
    ...changes,
  };
  const { ended } = serveEngine(engineEnd, parts);
  onTestFinished(async () => {
    channel.close();
    await ended;
  });
  return { ...connectTo({ channel }), parts };
}

/** Answers as keytar does where no keychain runs. */
class NoKeychain extends SessionSecretStore {
  override set = () => Promise.resolve({ kind: 'notRemembered', reason: 'noService' } as const);
}

export function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-engine-')));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new repository at `location`, which the engine is told how to open. */
export async function makePlace(
  engine: TestEngine,
  location: string,
  placeId = 'place',
): Promise<PlaceAccess> {
  const repository = await makeLocalRepository(location, { password: PLACE_PASSWORD });
  await giveCheapKey(repository, PLACE_PASSWORD);
  await repository.storage.close();
  const access = { placeId, location, repositoryId: repository.config.id };
  await engine.calls['place.unlock']({ access, password: PLACE_PASSWORD });
  return access;
}

/** What a plan asks for when nothing is said. */
export function backupChoice(source: string, changes: Partial<BackupChoice> = {}): BackupChoice {
  return {
    sources: [textToByteString(source)],
    excludePatterns: [],
    excludesCaches: true,
    tags: [SERIES],
    allowEmptySource: false,
    ...changes,
  };
}
