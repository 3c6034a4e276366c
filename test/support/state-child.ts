/**
 * A process of its own that works on a profile: `state-child.ts <folder> <command> [step]`.
 * hold: opens the state, says how that went, and holds it until standard input ends.
 * kill: opens, then commits plan after plan, and kills itself at file-system step `step`; each plan that is safe is a line.
 * save: opens and commits one plan, and says how that went.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { isTidemarkError } from '#base/errors.ts';
import { putPlan } from '#services/state/plans-table.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import type { DatabaseDisk } from '#database/database-disk.ts';
import { openState, samplePlan } from '#test/support/state.ts';

const [folder = '', command = '', step = '0'] = process.argv.slice(2);

function say(line: string): void {
  fs.writeSync(1, `${line}\n`);
}

async function hold(): Promise<void> {
  try {
    const state = await openState(folder);
    say('ok');
    process.stdin.resume();
    await once(process.stdin, 'end');
    await state.close();
  } catch (error) {
    say(isTidemarkError(error) ? error.code : String(error));
    process.stdin.destroy();
  }
}

async function save(): Promise<void> {
  try {
    const state = await openState(folder);
    await state.commit((writer) => putPlan(writer, samplePlan('saved')));
    say('ok');
    await state.close();
  } catch (error) {
    say(isTidemarkError(error) ? error.code : String(error));
    // It would go on trying. Not by process.exit: that flushes the standard streams, and may be made to fail as well.
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Counts the steps that change something; some are two: half-way, or over but not yet told. */
function dyingDisk(dieAt: number): DatabaseDisk {
  const disk = new NodeDatabaseDisk(folder);
  let steps = 0;
  const dieHere = (): void => {
    if (steps++ === dieAt) process.kill(process.pid, 'SIGKILL');
  };
  const around = async (run: () => Promise<void>): Promise<void> => {
    dieHere();
    await run();
  };
  return {
    makeFolder: () => disk.makeFolder(),
    load: (name) => disk.load(name),
    stampOf: (name) => disk.stampOf(name),
    remove: (name) => around(() => disk.remove(name)),
    rename: (from, to) => around(() => disk.rename(from, to)),
    keepCopy: (from, to) =>
      around(async () => {
        fs.rmSync(join(folder, `${to}.unfinished`), { force: true });
        fs.linkSync(join(folder, from), join(folder, `${to}.unfinished`));
        dieHere();
        await disk.keepCopy(from, to);
      }),
    syncFolder: () =>
      around(async () => {
        await disk.syncFolder();
        dieHere();
      }),
    writeDurably: (name, parts) =>
      around(async () => {
        const [bytes = new Uint8Array(0)] = parts;
        fs.writeFileSync(join(folder, name), bytes.subarray(0, bytes.length / 2));
        dieHere();
        await disk.writeDurably(name, parts);
      }),
  };
}

async function killAt(dieAt: number): Promise<void> {
  const state = await openState(folder, { disk: dyingDisk(dieAt) });
  say('open');
  for (let at = 0; at < 2; at++) {
    await state.commit((writer) => putPlan(writer, samplePlan(`plan-${at}`)));
    say(`plan-${at}`);
  }
  say('end');
}

if (command === 'hold') await hold();
else if (command === 'save') await save();
else await killAt(Number(step));
