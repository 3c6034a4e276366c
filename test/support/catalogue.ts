/** Catalogues for tests: opened on a disk in memory unless another is given, with a clock that stands still. */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { Catalogue, type OpenCatalogueOptions } from '#catalogue/catalogue.ts';
import type { Gap, SearchResult, Version } from '#catalogue/types.ts';
import type { SearchRequest } from '#catalogue/search.ts';
import { REPOSITORY_ID } from './catalogue-world.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryCatalogueDisk } from './memory-catalogue-disk.ts';

export const path = textToByteString;
export const ROOT = '/' as ByteString;

export function openCatalogue(options: Partial<OpenCatalogueOptions> = {}): Promise<Catalogue> {
  return Catalogue.open({
    repositoryId: REPOSITORY_ID,
    disk: new MemoryCatalogueDisk(),
    clock: new FakeClock({ autoAdvance: true }),
    ...options,
  });
}

/** Names of a folder's entries; those that are gone by then in brackets. */
export function namesIn(catalogue: Catalogue, snapshotId: string, folder: string): string[] | string {
  const found = catalogue.openFolder(snapshotId, path(folder));
  if (found.kind !== 'folder') return found.kind;
  return found.entries.map(({ label, deleted }) => (deleted === undefined ? label : `(${label})`));
}

export function versionsOf(catalogue: Catalogue, series: string, file: string): (Version | Gap)[] {
  return [...catalogue.listVersions(series, path(file)).items];
}

export async function searchAll(catalogue: Catalogue, request: SearchRequest): Promise<SearchResult[]> {
  const results: SearchResult[] = [];
  for await (const slice of catalogue.search(request)) results.push(...slice.results);
  return results.toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
}
