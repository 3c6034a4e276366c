import { systemClock } from '#base/system-clock.ts';
import { expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { NameIndex } from '#catalogue/name-index.ts';
import { openTables } from '#catalogue/tables.ts';

test('beyond its room it holds nothing, and the table is asked', async () => {
  const { database, nodes } = await openTables();
  for (const id of [1, 9_000, 17_000]) nodes.add(id, 0, `name ${id}` as ByteString);
  const names = new NameIndex(nodes, 18);
  const text = Buffer.from('name');
  await names.prepare(17_000, systemClock);
  expect([1, 9_000, 17_000].map((id) => names.find(id, id, text))).toEqual([[1], [9_000], undefined]);
  expect(names.bytes).toBeLessThan(40);
  names.adding(1);
  await names.prepare(17_000, systemClock);
  expect([1, 9_000, 17_000].map((id) => names.find(id, id, text))).toEqual([undefined, [9_000], undefined]);
  database.close();
});

test('ends when it is closed, and a second one at the same time does nothing', async () => {
  const { database, nodes } = await openTables();
  for (const id of [1, 9_000, 17_000]) nodes.add(id, 0, `name ${id}` as ByteString);
  const preparing = nodes.names.prepare(17_000, systemClock);
  await nodes.names.prepare(17_000, systemClock);
  nodes.names.close();
  database.close();
  await preparing;
  expect(nodes.names.find(1, 1, Buffer.from('name'))).toBeUndefined();
});
