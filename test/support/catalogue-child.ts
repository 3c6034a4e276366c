/**
 * A process of its own that makes a catalogue of a small history on the real disk and kills itself at step `step` of its saves:
 * `catalogue-child.ts <folder> <step>`. Each point that is read is a line.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { CatalogueDisk } from '#catalogue/catalogue-file.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { CatalogueWorld, folderOf } from './catalogue-world.ts';
import { openCatalogue } from './catalogue.ts';

const [folder = '', step = '0'] = process.argv.slice(2);
const disk = new NodeDatabaseDisk(folder);
let steps = 0;

function dieHere(): void {
  if (steps++ === Number(step)) process.kill(process.pid, 'SIGKILL');
}

const dying: CatalogueDisk = {
  load: (name) => disk.load(name),
  remove: (name) => disk.remove(name),
  makeFolder: () => disk.makeFolder(),
  async writeDurably(name, parts) {
    dieHere();
    fs.writeFileSync(join(folder, name), parts[0]!.subarray(0, parts[0]!.length / 2), { mode: 0o600 });
    dieHere();
    await disk.writeDurably(name, parts);
  },
  async rename(from, to) {
    dieHere();
    await disk.rename(from, to);
  },
  async syncFolder() {
    dieHere();
    await disk.syncFolder();
    dieHere();
  },
};

const world = new CatalogueWorld();
const catalogue = await openCatalogue({ disk: dying });
for (const [i, letter] of ['x', 'y', 'z'].entries()) {
  world.take('s', folderOf({ home: { 'file.txt': letter } }), i);
  await catalogue.update(world);
  fs.writeSync(1, `${i}\n`);
}
await catalogue.close();
fs.writeSync(1, 'end\n');
