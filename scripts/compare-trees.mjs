/**
 * Compares two folders entry by entry: names (as bytes), kinds, contents, permissions, owners, times of change to the
 * nanosecond and targets of links. Runs on Node 20 and uses nothing of Tidemark, so that it can testify about it.
 */
import { closeSync, lstatSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
const KIND_MASK = 0o170000n;

/**
 * @param {string} left
 * @param {string} right
 * @returns {{ entries: number, differences: string[] }} how many entries were looked at, and a line per difference
 */
export function compareTrees(left, right) {
  const differences = [];
  let entries = 0;
  /** @type {[Buffer, Buffer][]} */
  const pending = [[Buffer.from(left), Buffer.from(right)]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [a, b] = pair;
    entries += 1;
    const found = compareEntries(a, b);
    if (found.difference !== undefined) differences.push(`${a.toString()}: ${found.difference}`);
    if (!found.bothFolders) continue;
    const namesA = namesIn(a);
    const namesB = namesIn(b);
    for (const [name, bytes] of namesA) {
      if (namesB.has(name)) pending.push([below(a, bytes), below(b, bytes)]);
      else differences.push(`${below(a, bytes).toString()}: only in the first`);
    }
    for (const [name, bytes] of namesB) {
      if (!namesA.has(name)) differences.push(`${below(b, bytes).toString()}: only in the second`);
    }
  }
  return { entries, differences };
}

/**
 * @param {Buffer} a
 * @param {Buffer} b
 * @returns {{ difference?: string, bothFolders: boolean }}
 */
function compareEntries(a, b) {
  const statA = lstatSync(a, { bigint: true, throwIfNoEntry: false });
  const statB = lstatSync(b, { bigint: true, throwIfNoEntry: false });
  if (statA === undefined || statB === undefined) return { difference: 'missing', bothFolders: false };
  if ((statA.mode & KIND_MASK) !== (statB.mode & KIND_MASK))
    return { difference: 'another kind', bothFolders: false };
  const bothFolders = statA.isDirectory();
  const facts = [
    ['permissions', statA.mode, statB.mode],
    ['owner', statA.uid, statB.uid],
    ['group', statA.gid, statB.gid],
    ['time of change', statA.mtimeNs, statB.mtimeNs],
    ...(statA.isFile() ? [['size', statA.size, statB.size]] : []),
  ];
  const wrong = facts.find(([, first, second]) => first !== second);
  if (wrong !== undefined) return { difference: `${wrong[0]}: ${wrong[1]} and ${wrong[2]}`, bothFolders };
  if (statA.isSymbolicLink() && readlinkSync(a, 'latin1') !== readlinkSync(b, 'latin1')) {
    return { difference: 'another target', bothFolders };
  }
  if (statA.isFile() && !hasSameContent(a, b)) return { difference: 'other content', bothFolders };
  return { bothFolders };
}

/**
 * @param {Buffer} a
 * @param {Buffer} b
 */
function hasSameContent(a, b) {
  const bufferA = Buffer.alloc(CHUNK_BYTES);
  const bufferB = Buffer.alloc(CHUNK_BYTES);
  const fileA = openSync(a, 'r');
  const fileB = openSync(b, 'r');
  try {
    for (;;) {
      const length = readSync(fileA, bufferA);
      if (readSync(fileB, bufferB) !== length) return false;
      if (length === 0) return true;
      if (bufferA.compare(bufferB, 0, length, 0, length) !== 0) return false;
    }
  } finally {
    closeSync(fileA);
    closeSync(fileB);
  }
}

/**
 * Names of a folder's entries: a key that is equal for equal bytes, and the bytes.
 * @param {Buffer} folder
 */
function namesIn(folder) {
  return new Map(readdirSync(folder, { encoding: 'buffer' }).map((name) => [name.toString('latin1'), name]));
}

/**
 * @param {Buffer} folder
 * @param {Buffer} name
 */
function below(folder, name) {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
