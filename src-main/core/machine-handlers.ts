/** What this machine has: its folders, its drives, and a look through it for who chooses a folder. */
import { homedir } from 'node:os';
import { textToByteString } from '#base/byte-string.ts';
import type { machineCalls } from '#contract/app/machine-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { CoreParts } from './core-parts.ts';
import { listFolder, makeFolder } from './list-folder.ts';
import { loadDiskFacts } from './machine/block-devices.ts';
import { isFolder, knownFolders } from './machine/known-folders.ts';
import { machineFiles } from './machine/machine-files.ts';
import { loadMachinePlaces } from './machine/machine-places.ts';
import { measureFolder } from './measure-folder.ts';

export function machineHandlers({ ports }: CoreParts): CallHandlers<typeof machineCalls> {
  const around = () => ({
    platform: process.platform,
    home: homedir(),
    env: process.env,
    files: machineFiles(),
  });
  return {
    'machine.folders': () =>
      knownFolders({ ...around(), isFolder }).map((known) => ({
        ...known,
        folder: textToByteString(known.folder),
      })),
    'machine.measure': ({ folder }, { tell, signal }) => measureFolder(folder, tell, signal),
    'machine.places': () =>
      loadMachinePlaces({
        ...around(),
        loadDisks: (source) => loadDiskFacts(source),
        onDisk: (location) => location,
        sleep: (ms, signal) => ports.clock.sleep(ms, signal),
      }),
    'host.listFolder': ({ folder }) => listFolder(folder),
    'host.makeFolder': async ({ parent, name }) => ({ folder: await makeFolder(parent, name) }),
  };
}
