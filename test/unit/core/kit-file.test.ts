/** The recovery kit as a file: what speaks against a place is told before, and nothing is written unasked. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kitFileRisks, type KitSurroundings } from '#core/kit-file-risks.ts';
import { disksUnder } from '#core/machine/disks-under.ts';
import { machineFiles } from '#core/machine/machine-files.ts';
import { CoreWorld } from '#test/support/core-world.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'tidemark-kit-')));
  for (const name of ['home/Documents', 'drive/copies', 'stick'])
    mkdirSync(path.join(base, name), { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));
const at = (...names: string[]): string => path.join(base, ...names);

describe('what speaks against a place', () => {
  const risks = async (file: string, more: Partial<KitSurroundings> = {}): Promise<string[]> =>
    (
      await kitFileRisks(file, {
        platform: 'linux',
        home: at('home'),
        protectedFolders: [at('home/Documents')],
        places: [
          { name: 'Blue drive', location: at('drive/copies') },
          { name: 'Far', location: 'sftp:me@host:/stick' },
        ],
        // Each folder on top has a disk of its own.
        disksUnder: async (folder) => new Set([path.relative(base, folder).split(path.sep)[0] ?? '']),
        ...more,
      })
    ).map(({ kind, name }) => (name === '' ? kind : `${kind} ${name}`));

  test('nothing where it is a disk of its own, also one that a place is on elsewhere', async () => {
    expect([await risks(at('stick/kit.pdf')), await risks(at('drive/kit.pdf'))]).toEqual([[], []]);
  });

  test('a folder that is copied, a place, and a disk that goes with what is protected', async () => {
    expect(await risks(at('home/Documents/a/kit.pdf'))).toEqual(['protectedFolder Documents', 'sameDisk']);
    expect(await risks(at('home/kit.pdf'))).toEqual(['sameDisk']);
    expect(await risks(at('drive/copies/data/kit.pdf'))).toEqual(['backupPlace Blue drive']);
    expect(await risks(at('drive/copies.pdf'))).toEqual([]);
    expect(await risks(at('stick/kit.pdf'), { protectedFolders: [at('stick/..'), at('home')] })).toContain(
      `protectedFolder ${path.basename(base)}`,
    );
    const more = { protectedFolders: [at('stick/Photos')] };
    expect(await risks(at('stick/kit.pdf'), more)).toEqual(['sameDisk']);
  });

  test('also by another way to the same folder', async () => {
    symlinkSync(at('home/Documents'), at('stick/link'));
    symlinkSync(at('drive/copies'), at('copies'));
    expect(await risks(at('stick/link/kit.pdf'))).toEqual(['protectedFolder Documents', 'sameDisk']);
    const places = [{ name: 'Blue drive', location: at('copies') }];
    expect(await risks(at('drive/copies/kit.pdf'), { places })).toEqual(['backupPlace Blue drive']);
  });

  test('large and small letters are the same but on Linux', async () => {
    const file = at('home/documents/kit.pdf');
    expect(await risks(file)).toEqual(['sameDisk']);
    expect(await risks(file, { platform: 'darwin' })).toEqual(['protectedFolder Documents', 'sameDisk']);
  });
});

test('two parts of one disk are one disk; another disk, and another file system, are not', async () => {
  mkdirSync(at('proc/self'), { recursive: true });
  const mounts = [
    '1 0 8:2 / / rw - ext4 /dev/sda2 rw',
    `2 1 8:3 / ${at('home')} rw - ext4 /dev/sda3 rw`,
    `3 1 8:17 / ${at('stick')} rw - vfat /dev/sdb1 rw`,
  ];
  writeFileSync(at('proc/self/mountinfo'), mounts.join('\n'));
  const sources = {
    files: machineFiles(base),
    loadDisks: (source: string) => ({ disks: new Set([source.slice(5, 8)]), isRemovable: false }),
  };
  const disks = async (folder: string): Promise<string[]> =>
    [...(await disksUnder(folder, sources))].filter((name) => name.startsWith('disk'));
  expect([await disks(at('home')), await disks(at('drive')), await disks(at('stick'))]).toEqual([
    ['disk sda'],
    ['disk sda'],
    ['disk sdb'],
  ]);
  expect(await disksUnder(at('away'), sources)).toEqual(new Set());
  const [here, memory] = [await disksUnder(base, sources), await disksUnder('/proc', sources)];
  const volumes = [...here, ...memory].filter((name) => name.startsWith('volume'));
  expect(new Set(volumes).size).toBe(2);
});

describe('through a core', () => {
  let world: CoreWorld;
  let answer: string | null;
  let proposed: string[];
  const base64 = Buffer.from('the page').toString('base64');
  beforeEach(async () => {
    world = new CoreWorld();
    answer = at('stick/kit.pdf');
    proposed = [];
    world.write('home/letter.txt', 'x');
    const chooseFile = async (name: string): Promise<string | null> => {
      proposed.push(name);
      return answer;
    };
    await world.start('profile', { chooseFile });
    const { placeId } = await world.addPlace('drive');
    await world.addPlan([world.at('home')], [placeId]);
  });
  afterEach(() => world.remove());
  const choose = () => world.calls['kit.chooseFile']({ name: 'Tidemark: kit.pdf' });

  test('judged by its plans and places; written only when it is said, for the owner alone', async () => {
    answer = world.at('home/kit.pdf');
    const inside = await choose();
    expect(inside?.risks.map(({ kind }) => kind)).toEqual(['protectedFolder', 'sameDisk']);
    expect([inside?.label, proposed, existsSync(answer)]).toEqual([answer, ['Tidemark_ kit.pdf'], false]);
    answer = world.at('drive/kit.pdf');
    const beside = await choose();
    expect(beside?.risks[0]).toEqual({ kind: 'backupPlace', name: 'drive' });
    await expect(world.calls['kit.saveFile']({ choiceId: inside!.choiceId, base64 })).rejects.toMatchObject({
      code: 'request.notFound',
    });
    answer = at('stick/kit.pdf');
    writeFileSync(answer, 'an older page');
    const { choiceId } = (await choose())!;
    await world.calls['kit.saveFile']({ choiceId, base64 });
    expect([readFileSync(answer, 'utf8'), statSync(answer).mode & 0o777]).toEqual(['the page', 0o600]);
    expect(readdirSync(at('stick'))).toEqual(['kit.pdf']);
    await expect(world.calls['kit.saveFile']({ choiceId, base64 })).rejects.toMatchObject({
      code: 'request.notFound',
    });
  });

  test('none chosen is none; what cannot be written is told and leaves nothing behind', async () => {
    answer = null;
    expect(await choose()).toBeNull();
    answer = at('stick/gone/kit.pdf');
    const { choiceId } = (await choose())!;
    await expect(world.calls['kit.saveFile']({ choiceId, base64 })).rejects.toMatchObject({
      code: 'files.targetNotWritable',
    });
    mkdirSync(at('stick/gone/kit.pdf'), { recursive: true });
    await expect(world.calls['kit.saveFile']({ choiceId, base64 })).rejects.toMatchObject({
      code: 'files.targetNotWritable',
    });
    expect(readdirSync(at('stick/gone'))).toEqual(['kit.pdf']);
  });
});
