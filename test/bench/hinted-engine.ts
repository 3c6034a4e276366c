/**
 * What the built engine process costs when one file has changed and the watcher has told which: from the call to the version.
 * `node test/bench/hinted-engine.ts FOLDER WORK_FOLDER [ROUNDS]`; the folder is only read but for one file that is made in it.
 */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { textToByteString } from '#base/byte-string.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { engineCalls, type EngineCalls, type EngineTopics } from '#contract/engine/engine-calls.ts';
import type { BackupChoice } from '#contract/engine/engine-values.ts';
import { channelOfChild } from '#core/child-engine.ts';

const [folder, work, rounds = '7'] = process.argv.slice(2);
if (folder === undefined || work === undefined) throw new Error('usage: FOLDER WORK_FOLDER [ROUNDS]');
// The keychain is not asked: what is measured here is no place of anybody.
process.env['DBUS_SESSION_BUS_ADDRESS'] = 'disabled:';

const program = path.resolve(import.meta.dirname, '../../dist/engine-process.mjs');
const channel = channelOfChild(fork(program, [], { serialization: 'advanced' }));
const { calls } = createCallClient<EngineCalls, EngineTopics>(channel, engineCalls);
const location = fs.mkdtempSync(path.join(work, 'hinted-engine-'));
const file = path.join(folder, 'tidemark-bench.txt');
const placeId = 'bench';
try {
  const { repositoryId } = await calls['place.create']({ placeId, location });
  const access = { placeId, location, repositoryId };
  const choice: BackupChoice = {
    sources: [textToByteString(path.resolve(folder))],
    excludePatterns: [],
    excludesCaches: false,
    tags: ['tidemark-series=bench'],
    allowEmptySource: false,
  };
  fs.writeFileSync(file, 'first');
  let startedMs = performance.now();
  const first = await calls.backup({ access, choice });
  console.log(`first backup: ${first.filesNew} files, ${Math.round(performance.now() - startedMs)} ms`);
  let { version } = first;
  const times: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    fs.writeFileSync(file, `change ${round}`);
    const paths = [textToByteString(path.resolve(file))];
    const hints = { paths, wholeFolders: [], since: version.snapshotId };
    startedMs = performance.now();
    const outcome = await calls.backup({ access, choice: { ...choice, hints } });
    times.push(performance.now() - startedMs);
    if (!outcome.wasHinted) throw new Error(`the hints were not followed: ${outcome.walkedBecause}`);
    version = outcome.version;
  }
  const sorted = times.toSorted((a, b) => a - b);
  console.log(`one file changed, hinted, ms: ${times.map(Math.round).join(' ')}`);
  console.log(`median ${Math.round(sorted[sorted.length >> 1]!)} ms`);
} finally {
  fs.rmSync(file, { force: true });
  channel.close();
  fs.rmSync(location, { recursive: true, force: true });
}
