/** Whose catalogue it is. One row. */
import type { MemoryDatabase } from '#database/memory-database.ts';

export const ABOUT_SCHEMA = `
CREATE TABLE about (repository TEXT NOT NULL);
`;

export function setRepository(database: MemoryDatabase, repositoryId: string): void {
  database.execute('DELETE FROM about', []);
  database.execute('INSERT INTO about (repository) VALUES (?)', [repositoryId]);
}

export function getRepository(database: MemoryDatabase): string {
  return String(database.list('SELECT repository FROM about', [])[0]?.[0]);
}
