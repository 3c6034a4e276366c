/** Detail is forgotten in bounded memory, a change never. */
import { describe, expect, it } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { TouchedSet } from '#services/watcher/touched-set.ts';

const path = (text: string): ByteString => text as ByteString;

describe('a touched set', () => {
  it('names what was added, each once, the root and odd bytes among it', () => {
    const set = new TouchedSet();
    for (const each of ['/a/b', '/a/b', '/a/\xff', '/top']) set.add(path(each));
    expect(set.paths()).toEqual(['/a/b', '/a/\xff', '/top']);
    expect(set.size).toBe(5);
  });

  it('lists a folder when many of its names were touched', () => {
    const set = new TouchedSet();
    for (let i = 0; i < 10_000; i++) set.add(path(`/burst/${String(i)}`));
    set.add(path('/other/x'));
    expect(set.paths()).toEqual(['/burst', '/other/x']);
  });

  it('lists all folders when very many names were touched', () => {
    const set = new TouchedSet();
    for (let i = 0; i < 25_000; i++) set.add(path(`/${String(i % 200)}/${String(i)}`));
    expect(set.size).toBeLessThan(20_300);
    expect(set.isEverything).toBe(false);
    for (let i = 0; i < 25_000; i++) {
      const [folder, whole] = [`/${String(i % 200)}`, `/${String(i % 200)}/${String(i)}`];
      expect(set.paths().includes(path(folder)) || set.paths().includes(path(whole))).toBe(true);
      if (i > 300) break;
    }
  });

  it('becomes everything when too many folders were touched', () => {
    const set = new TouchedSet();
    for (let i = 0; i < 5_000; i++) set.add(path(`/${String(i)}/file`));
    set.add(path('/more/file'));
    expect(set).toMatchObject({ isEverything: true, isEmpty: false, size: 0 });
  });

  it('keeps folders that count with all below, and nothing that lies in them twice', () => {
    const set = new TouchedSet();
    set.addWhole(path('/a'));
    set.addWhole(path('/a/b'));
    set.addWhole(path('/ab'));
    set.add(path('/a/b/c'));
    expect(set.wholeFolders()).toEqual(['/a', '/ab']);
    expect(set.paths()).toEqual([]);
  });

  it('takes in what another holds', () => {
    const [set, other] = [new TouchedSet(), new TouchedSet()];
    set.add(path('/a/mine'));
    other.add(path('/a/b'));
    other.addWhole(path('/w'));
    for (let i = 0; i < 300; i++) other.add(path(`/burst/${String(i)}`));
    set.addAll(other);
    expect(set.paths().sort()).toEqual(['/a/b', '/a/mine', '/burst']);
    expect(set.wholeFolders()).toEqual(['/w']);
    for (let i = 0; i < 5_000; i++) other.add(path(`/${String(i)}/file`));
    set.addAll(other);
    expect(set.isEverything).toBe(true);
  });
});
