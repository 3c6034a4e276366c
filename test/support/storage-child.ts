/**
 * A process of its own that works on a repository folder: to be killed, to race, to lack permissions, to run under strace.
 * `storage-child.ts <folder> <command> [uid]`; each result is one line of JSON on standard output.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { isTidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { sha256 } from '#test/support/sha256.ts';

const [folder = '', command = '', uid = ''] = process.argv.slice(2);

async function report(value: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain');
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return isTidemarkError(error) ? error.code : String(error);
  }
}

/** Saves as fast as it can, four under way, and names each file that is safe. Runs until it is killed. */
async function saveForever(storage: LocalStorage): Promise<void> {
  const lane = async (): Promise<never> => {
    const bytes = randomBytes(8 << 20);
    for (;;) {
      bytes.set(randomBytes(16));
      const name = sha256(bytes);
      await storage.save('snapshot', name, bytes);
      await report({ saved: name });
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

/** Waits for a line on standard input, so that all racers start together. */
async function raceForConfig(storage: LocalStorage): Promise<void> {
  const bytes = randomBytes(155);
  await report({ ready: true });
  await once(process.stdin, 'data');
  const outcome = await outcomeOf(storage.save('config', 'config', bytes));
  await report({ outcome, sha256: sha256(bytes) });
  process.stdin.destroy();
}

async function saveOnce(storage: LocalStorage): Promise<void> {
  const bytes = Buffer.from('saved by a child');
  await report({ pack: await outcomeOf(storage.save('pack', sha256(bytes), bytes)) });
  await report({ config: await outcomeOf(storage.save('config', 'config', bytes)) });
  await report({ refusesOverwrite: storage.capabilities.refusesOverwrite });
}

/** Without the right to anything but looking: which call is refused how. */
async function probe(storage: LocalStorage): Promise<void> {
  const bytes = Buffer.from('unwritable');
  const name = (await storage.list('key'))[0]?.name ?? '';
  await report({
    save: await outcomeOf(storage.save('snapshot', sha256(bytes), bytes)),
    remove: await outcomeOf(storage.remove('key', name)),
    load: await outcomeOf(storage.load('key', name)),
    list: await outcomeOf(storage.list('pack')),
    listOther: await outcomeOf(storage.list('index')),
  });
}

const COMMANDS: Record<string, (storage: LocalStorage) => Promise<void>> = {
  saveForever,
  raceForConfig,
  saveOnce,
  probe,
};

const storage = new LocalStorage(folder, systemClock);
if (uid !== '') {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
await storage.open();
await COMMANDS[command]?.(storage);
await storage.close();
