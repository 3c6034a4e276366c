/**
 * A disk that another program fills while a job of the application puts files back on it: what the person is told, what is
 * left, that it can be taken back without any room, and that it goes on when there is room again.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromWireError } from '#base/errors.ts';
import { errorSentence, WINDOW_WORDS } from '#contract/error-texts.ts';
import { CoreWorld } from '#test/support/core-world.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const FOLDERS = 8;
const FILES = 12;
const FILE_BYTES = 60_000;
/** So many fit beside what the other program has written: well begun, and far from the end. */
const FIT = 40;
const FILLER = 'filler';

type Job = Awaited<ReturnType<CoreWorld['run']>>;
interface Restored {
  readonly filesTotal: number | null;
  readonly filesRestored: number;
  readonly filesUpdated: number;
  readonly filesUnchanged: number;
  readonly undos: readonly { readonly folder: string; readonly undoId: string }[];
}

const obstacle = await smallDiskObstacle();
const unlessDisk = obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`;

let world: CoreWorld;
beforeEach(async () => {
  world = new CoreWorld();
  await world.start();
});
afterEach(() => world.remove());

/** What people see there. */
function contentsOf(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter(
    (name) => !name.startsWith('.tidemark-undo') && fs.statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(join(folder, name), 'base64')]));
}

/** Another program writes until no more than so much is free. Root writes into what the file system keeps back, too. */
function fillUp(disk: string, leftBytes: number): void {
  const handle = fs.openSync(join(disk, FILLER), 'a');
  const { bfree, bsize } = fs.statfsSync(disk);
  const block = Buffer.alloc(bsize, 1);
  try {
    for (let blocks = bfree - Math.ceil(leftBytes / bsize); blocks > 0; blocks--) fs.writeSync(handle, block);
    fs.fsyncSync(handle);
  } catch (error) {
    // The last blocks are those of its own record.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    fs.closeSync(handle);
  }
}

/** Of a folder that is saved in several packs: then a part was lost, a part was changed, and something came later. */
class Damage {
  readonly folder: string;
  readonly saved: Record<string, string>;
  readonly found: Record<string, string>;
  readonly placeId: string;
  readonly snapshotId: string;

  private constructor(folder: string, saved: Record<string, string>, placeId: string, snapshotId: string) {
    this.folder = folder;
    this.saved = saved;
    this.found = contentsOf(folder);
    this.placeId = placeId;
    this.snapshotId = snapshotId;
  }

  static async do(folder: string): Promise<Damage> {
    const { placeId } = await world.addPlace();
    const planId = await world.addPlan([folder], [placeId]);
    let job: Job | undefined;
    for (let number = 0; number < FOLDERS; number++) {
      const sub = join(folder, `d${number}`);
      fs.mkdirSync(sub, { recursive: true });
      for (let file = 0; file < FILES; file++)
        fs.writeFileSync(join(sub, `f${file}`), randomBytes(FILE_BYTES));
      job = await world.run({ kind: 'backup', planId, placeId });
      expect(job.state).toBe('done');
    }
    const saved = contentsOf(folder);
    for (const name of Object.keys(saved)) {
      if (/[0-5]$/.test(name)) fs.writeFileSync(join(folder, name), `spoilt ${name}`);
      else fs.rmSync(join(folder, name));
    }
    fs.writeFileSync(join(folder, 'd0', 'later'), 'came later');
    return new Damage(folder, saved, placeId, (job!.result as { snapshotId: string }).snapshotId);
  }

  repair(): Promise<Job> {
    const { placeId, snapshotId } = this;
    return world.run({
      kind: 'restore',
      placeId,
      snapshotId,
      paths: [],
      target: null,
      rule: 'replace-keep-current',
    });
  }

  /** There was room when it began; there is room for `FIT` files when the first of them is to be written. */
  async repairWhileFilled(disk: string): Promise<Job> {
    let isFilled = false;
    world.hold = () => {
      const hasBegun = !isFilled && fs.existsSync(join(this.folder, '.tidemark-undo'));
      if (!hasBegun) return undefined;
      isFilled = true;
      fillUp(disk, FIT * FILE_BYTES);
      return undefined;
    };
    const job = await this.repair();
    world.hold = () => undefined;
    expect(isFilled).toBe(true);
    return job;
  }

  #back(): number {
    return Object.entries(contentsOf(this.folder)).filter(([name, content]) => this.saved[name] === content)
      .length;
  }

  /** Each file is what it was, or what it shall be. */
  expectNothingHalf(): number {
    const now = contentsOf(this.folder);
    for (const [name, content] of Object.entries(now))
      expect([this.found[name], this.saved[name]], name).toContain(content);
    for (const name of Object.keys(this.found)) expect(now).toHaveProperty([name]);
    return this.#back();
  }
}

const resultOf = (job: Job): Restored => job.result as unknown as Restored;

async function takeBack(job: Job): Promise<void> {
  for (const undo of resultOf(job).undos.toReversed())
    expect(await world.run({ kind: 'undo', ...undo })).toMatchObject({
      state: 'done',
      result: { isComplete: true },
    });
}

describe.skipIf(obstacle !== undefined)(`G2 the disk runs full while a job puts back${unlessDisk}`, () => {
  describe.each([
    { kind: 'tmpfs', mib: 24 },
    { kind: 'ext4', mib: 32 },
  ] as const)('$kind', (options) => {
    test('it says so, says what is back, leaves nothing half, and goes on when there is room', async () => {
      await withSmallDisk(options, async (disk) => {
        const damage = await Damage.do(join(disk, 'work'));
        const job = await damage.repairWhileFilled(disk);
        expect(job).toMatchObject({ state: 'failed', error: { code: 'files.noSpace' } });
        expect(errorSentence(fromWireError(job.error as never), WINDOW_WORDS)).toMatch(
          `There is not enough room at ${damage.folder}`,
        );
        const back = damage.expectNothingHalf();
        const { filesRestored, filesUpdated, filesTotal, undos } = resultOf(job);
        expect(back).toBeGreaterThan(0);
        expect(back).toBeLessThanOrEqual(FIT);
        expect(filesRestored + filesUpdated).toBe(back);
        expect(filesTotal).toBe(FOLDERS * FILES);
        expect(undos).toHaveLength(1);

        // As full as before: it says so again, and touches nothing.
        const again = await damage.repair();
        expect(again).toMatchObject({
          state: 'failed',
          error: { code: expect.stringMatching(/^files\.no/) },
        });
        expect(damage.expectNothingHalf()).toBe(back);

        fs.rmSync(join(disk, FILLER));
        const rest = await damage.repair();
        expect(rest).toMatchObject({ state: 'done', result: { filesUnchanged: back } });
        expect(contentsOf(damage.folder)).toEqual({ ...damage.saved, 'd0/later': damage.found['d0/later'] });
        for (const each of [rest, job]) await takeBack(each);
        expect(contentsOf(damage.folder)).toEqual(damage.found);
      });
    });

    test('it can be taken back while the disk is still full', async () => {
      await withSmallDisk(options, async (disk) => {
        const damage = await Damage.do(join(disk, 'work'));
        const job = await damage.repairWhileFilled(disk);
        fillUp(disk, 0);
        await takeBack(job);
        expect(contentsOf(damage.folder)).toEqual(damage.found);
      });
    });
  });
});
