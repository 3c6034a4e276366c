/**
 * Plans and settings in the place itself: JSON files as a small version with a tag of its own, so that a new computer finds
 * them with nothing but the place and a key, and so that restic lists and restores them. No series' rule ever removes
 * them. Source: product notes, section 6.
 */
import { byteStringToBytes, textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { SettingsFile, StoredSettings } from '#contract/engine/engine-values.ts';
import { isSafeName } from '#format/tree.ts';
import { parseTime } from '#format/time.ts';
import { loadSmallFiles } from '#operations/small-files/load.ts';
import { saveSmallFiles, type SmallFile } from '#operations/small-files/save.ts';
import type { Repository } from '#repository/repository.ts';
import { filterSnapshots, type StoredSnapshot } from '#repository/snapshot-store.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

export const SETTINGS_TAG = 'tidemark-settings';
const FOLDER = 'tidemark-settings' as ByteString;
/** Nobody looks further back. */
const MOST_LISTED = 20;

export function settingsCalls({
  places,
  parts,
}: EngineService): Pick<EngineHandlers, 'settings.save' | 'settings.list'> {
  return {
    async 'settings.save'({ access, files }, { signal }) {
      const named = files.map(toSmallFile);
      const use = { signal, writes: 'settings.save', keepsIndex: true };
      return places.with(access, use, async (repository) => {
        const newest = (await findSettings(repository, signal)).find(
          ({ snapshot }) => snapshot.hostname === parts.identity.hostname,
        );
        await repository.loadIndex({ signal });
        if (newest !== undefined && (await hasSame(repository, newest, named, signal)))
          return { snapshotId: newest.id };
        const { programVersion } = parts;
        const request = { folder: FOLDER, files: named, tags: [SETTINGS_TAG], programVersion };
        return { snapshotId: (await saveSmallFiles(repository, request, signal)).id };
      });
    },

    'settings.list': ({ password, ...address }, { signal }) =>
      places.withTyped(address, password, signal, async (repository) => {
        const stored = (await findSettings(repository, signal)).slice(0, MOST_LISTED);
        await repository.loadIndex({ signal });
        const listed: StoredSettings[] = [];
        let failure: TidemarkError | undefined;
        for (const each of stored) {
          try {
            listed.push(await load(repository, each, signal));
          } catch (error) {
            if (!isDamage(error)) throw error;
            failure = error;
          }
        }
        // An older one is better than none.
        if (listed.length === 0 && failure !== undefined) throw failure;
        return listed;
      }),
  };
}

/** Newest first. */
async function findSettings(repository: Repository, signal: AbortSignal): Promise<StoredSnapshot[]> {
  const { snapshots } = await repository.snapshots.loadAll(signal);
  return filterSnapshots(snapshots, { tags: [[SETTINGS_TAG]] }).toReversed();
}

async function load(
  repository: Repository,
  stored: StoredSnapshot,
  signal: AbortSignal,
): Promise<StoredSettings> {
  const files = await loadSmallFiles(repository, stored, FOLDER, signal);
  const { sec, nsec } = parseTime(stored.snapshot.time);
  return {
    snapshotId: stored.id,
    timeMs: sec * 1000 + Math.floor(nsec / 1e6),
    hostname: stored.snapshot.hostname,
    files: files.map(({ name, bytes }) => ({
      name: toDisplay(name),
      text: Buffer.from(bytes).toString('utf8'),
    })),
  };
}

/** Saving the same again would only fill the list. What cannot be read is saved anew. */
async function hasSame(
  repository: Repository,
  newest: StoredSnapshot,
  files: readonly SmallFile[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const stored = await loadSmallFiles(repository, newest, FOLDER, signal);
    const byName = new Map(stored.map(({ name, bytes }) => [name, bytes]));
    return (
      stored.length === files.length &&
      files.every(({ name, bytes }) => Buffer.compare(byName.get(name) ?? Buffer.alloc(0), bytes) === 0)
    );
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
}

function isDamage(error: unknown): error is TidemarkError {
  return (
    isTidemarkError(error) &&
    (error.code.startsWith('integrity.') || error.code === 'files.pathNotInSnapshot')
  );
}

/** @throws request.invalidInput */
function toSmallFile({ name, text }: SettingsFile): SmallFile {
  const bytes = textToByteString(name);
  if (!isSafeName(bytes))
    throw new TidemarkError('request.invalidInput', {
      what: `the name "${name}"`,
      reason: 'it is no plain name',
    });
  return { name: bytes, bytes: byteStringToBytes(textToByteString(text)) };
}
