/**
 * Many files over many points as a source for a catalogue, made up while it is read: nothing is stored but which file changed
 * when. Folders of fifty files, three deep; most changes fall on few folders, as in life. The same in every run.
 */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { CatalogueSource } from '#catalogue/catalogue-source.ts';
import type { Primitives } from '#format/primitives.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { SeededRandom } from './seeded-random.ts';

export const SYNTHETIC_REPOSITORY = 'd'.repeat(64);
const FILES_PER_FOLDER = 50;
const FOLDERS_PER_FOLDER = 30;
/** Of all files, between two points. */
const CHANGED_SHARE = 3 / 10_000;
const POINT_SECONDS = 3600;
/** Of all changes, in percent. */
const ADDED_OR_REMOVED = 20;
const WORDS = [
  'IMG',
  'Bericht',
  'invoice',
  'Résumé',
  'notes',
  'Budget',
  'scan',
  'Ferienfotos',
  'draft',
  'Übersicht',
];
const ENDINGS = ['jpg', 'docx', 'pdf', 'xlsx', 'txt', 'png', 'ts', 'md'];

/** A state of a file: ABSENT, or the number of its version. */
const ABSENT = -1;

export class SyntheticHistory implements CatalogueSource {
  readonly repositoryId = SYNTHETIC_REPOSITORY;
  readonly primitives: Primitives;
  readonly files: number;
  readonly points: number;
  /** Points that the repository has so far. */
  visiblePoints: number;
  /** Files that ever had another state: when and which, in order. */
  readonly #changes = new Map<number, { readonly point: number; readonly state: number }[]>();
  /** When something in or below a folder changed, by number of the folder. */
  readonly #stamps: number[][];
  readonly #levels: readonly number[];

  constructor(primitives: Primitives, files: number, points: number) {
    this.primitives = primitives;
    this.files = files;
    this.points = points;
    this.visiblePoints = points;
    const leaves = Math.ceil(files / FILES_PER_FOLDER);
    const middle = Math.ceil(leaves / FOLDERS_PER_FOLDER);
    this.#levels = [1, Math.ceil(middle / FOLDERS_PER_FOLDER), middle, leaves];
    this.#stamps = Array.from({ length: this.#levels.reduce((sum, count) => sum + count, 0) }, () => [0]);
    const random = new SeededRandom(7);
    for (let point = 1; point < points; point++)
      for (let change = 0; change < files * CHANGED_SHARE; change++) this.#change(point, random);
  }

  /** Folder and name of a file, for questions. */
  pathOf(file: number): ByteString {
    return textToByteString(`${this.folderOf(file)}/${nameOf(file)}`);
  }

  folderOf(file: number): ByteString {
    let path = '';
    let number = Math.floor(file / FILES_PER_FOLDER);
    for (let level = 3; level > 0; level--) {
      path = `/${folderName(level, number)}${path}`;
      number = Math.floor(number / FOLDERS_PER_FOLDER);
    }
    return textToByteString(path);
  }

  /** Of files. */
  countVersions(): number {
    let versions = this.files;
    for (const changes of this.#changes.values())
      versions += changes.filter(({ state }) => state !== ABSENT).length;
    return versions;
  }

  loadSnapshots(): ReturnType<CatalogueSource['loadSnapshots']> {
    const snapshots = Array.from({ length: this.visiblePoints }, (_, point): StoredSnapshot => {
      const time = new Date(Date.UTC(2026, 0, 1) + point * POINT_SECONDS * 1000).toISOString();
      const record = {
        hostname: 'host',
        username: 'me',
        uid: 0,
        gid: 0,
        excludes: [],
        tags: [],
        paths: ['/home'],
      };
      return {
        id: hex(point, 1) as SnapshotId,
        snapshot: { ...record, time, tree: this.#treeId(0, 0, point) },
      };
    });
    return Promise.resolve({ snapshots, damagedIds: new Set(), unreadyIds: new Set() });
  }

  readonly loadTree: CatalogueSource['loadTree'] = (treeId) => {
    const folder = Number.parseInt(treeId.slice(0, 8), 16);
    const point = Number.parseInt(treeId.slice(8, 16), 16);
    let level = 0;
    let number = folder;
    while (number >= this.#levels[level]!) number -= this.#levels[level++]!;
    const nodes = level === 3 ? this.#filesIn(number, point) : this.#foldersIn(level, number, point);
    return Promise.resolve(nodes.sort((a, b) => (a.name < b.name ? -1 : 1)));
  };

  #filesIn(folder: number, point: number): TreeNode[] {
    const nodes: TreeNode[] = [];
    const end = Math.min((folder + 1) * FILES_PER_FOLDER, this.files);
    for (let file = folder * FILES_PER_FOLDER; file < end; file++) {
      const state = this.#changes.get(file)?.findLast((change) => change.point <= point)?.state ?? 0;
      if (state === ABSENT) continue;
      const content = [hex(file, state + 2) as BlobId];
      nodes.push({
        ...plainNode(nameOf(file), 'file', state),
        size: BigInt(1000 + ((file * 7919) % 5_000_000)),
        content,
      });
    }
    return nodes;
  }

  #foldersIn(level: number, number: number, point: number): TreeNode[] {
    const first = number * (level === 0 ? this.#levels[1]! : FOLDERS_PER_FOLDER);
    const end =
      level === 0 ? this.#levels[1]! : Math.min(first + FOLDERS_PER_FOLDER, this.#levels[level + 1]!);
    return Array.from({ length: end - first }, (_, i) => ({
      ...plainNode(folderName(level + 1, first + i), 'dir', 0),
      subtree: this.#treeId(level + 1, first + i, point),
    }));
  }

  #folderNumber(level: number, number: number): number {
    return number + this.#levels.slice(0, level).reduce((sum, count) => sum + count, 0);
  }

  /** Tells the folder, and the last point up to this one at which it changed. */
  #treeId(level: number, number: number, point: number): BlobId {
    const folder = this.#folderNumber(level, number);
    return hex(folder, this.#stamps[folder]!.findLast((stamp) => stamp <= point) ?? 0) as BlobId;
  }

  #change(point: number, random: SeededRandom): void {
    const leaf = random.skewedBelow(this.#levels[3]!);
    const file = Math.min(leaf * FILES_PER_FOLDER + random.skewedBelow(FILES_PER_FOLDER), this.files - 1);
    let changes = this.#changes.get(file);
    if (changes === undefined) this.#changes.set(file, (changes = []));
    if (changes.at(-1)?.point === point) return;
    const state = changes.at(-1)?.state ?? 0;
    const isRemoved = state !== ABSENT && random.below(100) < ADDED_OR_REMOVED;
    changes.push({ point, state: isRemoved ? ABSENT : changes.length + 1 });
    let number = leaf;
    for (let level = 3; level >= 0; level--) {
      const stamps = this.#stamps[this.#folderNumber(level, level === 0 ? 0 : number)]!;
      if (stamps.at(-1) !== point) stamps.push(point);
      number = Math.floor(number / FOLDERS_PER_FOLDER);
    }
  }
}

function nameOf(file: number): ByteString {
  return textToByteString(
    `${WORDS[file % WORDS.length]!}_${2015 + (file % 11)}-${file}.${ENDINGS[file % 8]!}`,
  );
}

function folderName(level: number, number: number): ByteString {
  return textToByteString(`${['', 'Projekte', 'customer', 'Photos'][level]!} ${number}`);
}

function plainNode(name: ByteString, type: TreeNode['type'], state: number): TreeNode {
  return {
    name,
    type,
    mode: 0,
    mtime: timeOf(state),
    uid: 0,
    gid: 0,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 1,
    device: 0n,
    content: null,
  };
}

const times = new Map<number, string>();

function timeOf(state: number): string {
  let time = times.get(state);
  if (time === undefined)
    times.set(state, (time = new Date(Date.UTC(2026, 0, 1) + state * 60_000).toISOString()));
  return time;
}

const ID_REST = 'f'.repeat(48);

/** An id that begins with the two numbers. */
function hex(one: number, other: number): string {
  return one.toString(16).padStart(8, '0') + other.toString(16).padStart(8, '0') + ID_REST;
}
