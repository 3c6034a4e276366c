/**
 * Reads a whole small repository with the format layer alone: no storage, no cache, nothing of the product's own
 * repository code. Independent witness for what a repository contains.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToId, type BlobId, type PackId } from '#base/ids.ts';
import type { BlobType } from '#format/blob-type.ts';
import { parseConfig, type RepositoryConfig } from '#format/config.ts';
import { openSealed } from '#format/envelope.ts';
import { parseIndex } from '#format/index-file.ts';
import { deriveUserKeys, openMasterKey, parseKeyFile } from '#format/key-file.ts';
import { parseHeaderLength, parsePackHeader, type PackEntry } from '#format/pack-header.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import { parseSnapshot, type Snapshot } from '#format/snapshot.ts';
import { parseTree, type ParsedTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { decodeUnpackedFile } from '#format/unpacked-file.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

/** As index files have it (`IndexedPack`), all entries at hand. */
export interface CollectedPack {
  readonly id: PackId;
  readonly entries: readonly PackEntry[];
}

interface BlobPlace {
  readonly packId: PackId;
  readonly entry: PackEntry;
}

export class GoldenRepository {
  readonly folder: string;
  readonly keys: CryptoKeys;
  readonly config: RepositoryConfig;
  /** All packs of all index files, entries sorted by offset. */
  readonly packs: readonly CollectedPack[];
  readonly #places = new Map<string, BlobPlace>();

  constructor(folder: string, keys: CryptoKeys) {
    this.folder = folder;
    this.keys = keys;
    this.config = parseConfig(openSealed(nodePrimitives, keys, readFileSync(join(folder, 'config'))));
    this.packs = this.names('index').flatMap((name) => collectIndex(this.readUnpacked('index', name)));
    for (const { id, entries } of this.packs) {
      for (const entry of entries)
        this.#places.set(placeKey(entry.type, bytesToId(entry.id)), { packId: id, entry });
    }
  }

  /** @throws SealBroken when no key file opens with the password. */
  static async open(folder: string, password: string): Promise<GoldenRepository> {
    let problem: unknown;
    for (const name of readdirSync(join(folder, 'keys'))) {
      const keyFile = parseKeyFile(readFileSync(join(folder, 'keys', name)));
      const userKeys = await deriveUserKeys(nodePrimitives, keyFile, Buffer.from(password, 'utf8'));
      try {
        return new GoldenRepository(folder, openMasterKey(nodePrimitives, userKeys, keyFile.data));
      } catch (error) {
        problem = error;
      }
    }
    throw problem;
  }

  names(kind: 'index' | 'keys' | 'locks' | 'snapshots'): string[] {
    return readdirSync(join(this.folder, kind)).toSorted();
  }

  packNames(): string[] {
    const data = join(this.folder, 'data');
    return readdirSync(data)
      .flatMap((prefix) => readdirSync(join(data, prefix)))
      .toSorted();
  }

  /** JSON of an unpacked file. */
  readUnpacked(kind: 'index' | 'locks' | 'snapshots', name: string): Uint8Array {
    const sealed = readFileSync(join(this.folder, kind, name));
    return decodeUnpackedFile(nodePrimitives, this.keys, this.config.version, sealed);
  }

  snapshot(name: string): Snapshot {
    return parseSnapshot(this.readUnpacked('snapshots', name));
  }

  packBytes(id: string): Buffer {
    return readFileSync(join(this.folder, 'data', id.slice(0, 2), id));
  }

  packHeader(id: string): PackEntry[] {
    const pack = this.packBytes(id);
    const length = parseHeaderLength(pack.subarray(-4), pack.length);
    return parsePackHeader(
      openSealed(nodePrimitives, this.keys, pack.subarray(pack.length - 4 - length, -4)),
    );
  }

  has(type: BlobType, id: string): boolean {
    return this.#places.has(placeKey(type, id));
  }

  /** Plaintext. @throws Error when the blob is not there or its hash differs. */
  blob(type: BlobType, id: string): Uint8Array {
    const place = this.#places.get(placeKey(type, id));
    if (place === undefined) throw new Error(`no ${type} blob ${id}`);
    const { offset, sealedLength, uncompressedLength } = place.entry;
    const sealed = this.packBytes(place.packId).subarray(offset, offset + sealedLength);
    const opened = openSealed(nodePrimitives, this.keys, sealed);
    const plain =
      uncompressedLength === 0 ? opened : nodePrimitives.zstdDecompress(opened, uncompressedLength);
    if (bytesToId(nodePrimitives.sha256(plain)) !== id)
      throw new Error(`${type} blob ${id} has another hash`);
    return plain;
  }

  tree(id: BlobId): ParsedTree {
    return parseTree(this.blob('tree', id));
  }

  /** Every node below a tree with the path bytes (latin1), in order. */
  *walk(treeId: BlobId, parentPath = ''): Generator<{ path: string; node: TreeNode }> {
    for (const node of this.tree(treeId).nodes) {
      const path = `${parentPath}/${node.name}`;
      yield { path, node };
      if (node.subtree !== undefined) yield* this.walk(node.subtree, path);
    }
  }
}

function placeKey(type: BlobType, id: string): string {
  return `${type} ${id}`;
}

/** The packs of an index file's JSON, entries sorted by offset. */
export function collectIndex(json: Uint8Array): CollectedPack[] {
  const packs: { id: PackId; entries: PackEntry[] }[] = [];
  parseIndex(json, {
    pack: (id) => packs.push({ id, entries: [] }),
    blob: (type, ids, idOffset, offset, sealedLength, uncompressedLength) => {
      const id = Buffer.from(ids.subarray(idOffset, idOffset + 32));
      packs.at(-1)?.entries.push({ type, id, offset, sealedLength, uncompressedLength });
    },
  });
  for (const pack of packs) pack.entries.sort((a, b) => a.offset - b.offset);
  return packs;
}
