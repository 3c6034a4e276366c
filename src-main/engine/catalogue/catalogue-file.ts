/**
 * The file of a catalogue: a whole saved one, or none. Anything else found there (damaged, of another program version, of another
 * repository) is thrown away, because it can be made anew and must never tell of a wrong point. Readable by its owner only:
 * the disk sees to that. A save that was cut off leaves the file as it was.
 */
import { isTidemarkError } from '#base/errors.ts';
import { parseDatabaseImage, sealDatabase } from '#database/database-image.ts';
import type { DatabaseDisk } from '#database/database-disk.ts';
import { getRepository, setRepository } from './about-table.ts';
import { CATALOGUE_APPLICATION_ID, CATALOGUE_SCHEMA, openTables, type Tables } from './tables.ts';

/** What it needs of the disk. */
export type CatalogueDisk = Pick<
  DatabaseDisk,
  'makeFolder' | 'load' | 'writeDurably' | 'rename' | 'remove' | 'syncFolder'
>;

export class CatalogueFile {
  readonly #disk: CatalogueDisk;
  readonly #repositoryId: string;

  constructor(disk: CatalogueDisk, repositoryId: string) {
    this.#disk = disk;
    this.#repositoryId = repositoryId;
  }

  /** What was saved, or an empty catalogue. @param onDiscarded why what was there is not used; for the log */
  async open(onDiscarded: (reason: string) => void): Promise<Tables> {
    try {
      const bytes = await this.#disk.load(this.#name);
      if (bytes !== undefined) {
        const found = await this.#parse(bytes);
        if (typeof found !== 'string') return found;
        onDiscarded(found);
        await this.remove();
      }
    } catch (error) {
      onDiscarded(isTidemarkError(error) ? error.message : String(error));
    }
    const tables = await openTables();
    setRepository(tables.database, this.#repositoryId);
    return tables;
  }

  /** Or the reason why not. */
  async #parse(bytes: Uint8Array): Promise<Tables | string> {
    const image = parseDatabaseImage(bytes, CATALOGUE_APPLICATION_ID);
    if (image.kind === 'damaged') return image.reason;
    if (image.schema !== CATALOGUE_SCHEMA) return `it has schema ${image.schema}`;
    const tables = await openTables(image.database);
    const repository = getRepository(tables.database);
    if (repository === this.#repositoryId) return tables;
    tables.database.close();
    return `it is of the repository ${repository}`;
  }

  /** @throws storage.*; then the file is as it was */
  async save({ database }: Tables, nowMs: number): Promise<void> {
    const parts = sealDatabase(database.export(), nowMs);
    await this.#disk.makeFolder();
    try {
      await this.#disk.writeDurably(this.#unfinishedName, parts);
      await this.#disk.rename(this.#unfinishedName, this.#name);
    } catch (error) {
      // A full disk gets its room back. Failing in this as well says nothing new.
      await this.#disk.remove(this.#unfinishedName).catch(() => undefined);
      throw error;
    }
    await this.#disk.syncFolder();
  }

  /** Fine when there is none. @throws storage.* */
  async remove(): Promise<void> {
    await this.#disk.remove(this.#name);
    await this.#disk.remove(this.#unfinishedName);
  }

  get #name(): string {
    return `${this.#repositoryId}.db`;
  }

  get #unfinishedName(): string {
    return `${this.#repositoryId}.unfinished`;
  }
}
