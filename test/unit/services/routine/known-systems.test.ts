/** Since when a computer has which system: runs that begin together and end in any order, a clock set back, one taken over. */
import { expect, onTestFinished, test } from 'vitest';
import { adoptSystems, noteSystem } from '#services/routine/known-systems.ts';
import { getSetting } from '#services/state/settings-table.ts';
import { makeProfileFolder, openState } from '#test/support/state.ts';

test('one entry for each system, from its earliest version on', async () => {
  const state = await openState(makeProfileFolder());
  onTestFinished(() => state.close());
  const note = (sinceMs: number, version: string, hostname = 'tower') =>
    state.commit((writer) => noteSystem(writer, { hostname, sinceMs, name: 'Ubuntu', version }));
  const told = (): string[] =>
    (state.read((reader) => getSetting(reader, 'systems')) ?? []).map(
      ({ hostname, sinceMs, version }) => `${hostname} ${version} ${sinceMs}`,
    );
  await note(100, '24.04');
  await note(200, '24.04');
  await note(90, '24.04');
  expect(told()).toEqual(['tower 24.04 90']);
  await note(310, '24.10');
  await note(300, '24.10');
  expect(told()).toEqual(['tower 24.04 90', 'tower 24.10 300']);
  // As by a clock that was set back.
  await note(250, '25.04');
  await note(50, '24.10');
  expect(told()).toEqual(['tower 24.04 90', 'tower 24.10 300']);
  await note(220, '12', 'laptop');
  expect(told()).toEqual(['tower 24.04 90', 'laptop 12 220', 'tower 24.10 300']);
  const travelled = [
    { hostname: 'tower', sinceMs: 300, name: 'Ubuntu', version: '24.10' },
    { hostname: 'old', sinceMs: 5, name: 'Ubuntu', version: '22.04' },
  ];
  await state.commit((writer) => adoptSystems(writer, travelled));
  expect(told()).toEqual(['old 22.04 5', 'tower 24.04 90', 'laptop 12 220', 'tower 24.10 300']);
});
