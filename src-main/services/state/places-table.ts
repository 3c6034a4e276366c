/** Places that hold repositories: how to get there and what must be found there. No secret; those are in the keychain. */
import { z } from 'zod';
import { placeId, timeMs, type PlaceId } from '#contract/app/values.ts';
import { decodeRow, encodeRow, flagColumn, jsonColumn } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const placeRow = z.strictObject({
  id: placeId,
  name: z.string(),
  /** Of the storage registry: local, sftp ... */
  kind: z.string().min(1),
  /** In the words of its kind, which checks them. */
  address: jsonColumn(z.record(z.string(), z.json())),
  /** What must be found there, so that another disk under the same path is refused; null before the first look. */
  repositoryId: z.string().nullable(),
  /** Name of the key file that this computer opens with: a hint, saves trying all. */
  machineKeyId: z.string().nullable(),
  addedAtMs: timeMs,
  /** Opened from the place itself with the recovery code alone. Source: product notes, section 3, "Proof". */
  isRecoveryProven: flagColumn,
});

export type Place = Readonly<z.output<typeof placeRow>>;

const PUT = `
INSERT INTO places (id, name, kind, address, repositoryId, machineKeyId, addedAtMs,
  isRecoveryProven)
VALUES (:id, :name, :kind, :address, :repositoryId, :machineKeyId, :addedAtMs,
  :isRecoveryProven)
ON CONFLICT (id) DO UPDATE SET name = :name, kind = :kind, address = :address, repositoryId = :repositoryId,
  machineKeyId = :machineKeyId, addedAtMs = :addedAtMs, isRecoveryProven = :isRecoveryProven`;

/** Adds or replaces; the versions known of it stay. @throws request.invalidInput */
export function putPlace(writer: StateWriter, place: Place): void {
  writer.run(PUT, encodeRow('places', placeRow, place));
}

/** With the versions known of it. What lies there is not touched. */
export function removePlace(writer: StateWriter, id: PlaceId): void {
  writer.run('DELETE FROM places WHERE id = :id', { id });
}

/** Oldest first. @throws state.entryInvalid */
export function listPlaces(reader: StateReader): Place[] {
  return reader
    .all('SELECT * FROM places ORDER BY addedAtMs, id')
    .map((row) => decodeRow('places', placeRow, row));
}

/** @throws state.entryInvalid */
export function getPlace(reader: StateReader, id: PlaceId): Place | undefined {
  const row = reader.first('SELECT * FROM places WHERE id = :id', { id });
  return row && decodeRow('places', placeRow, row);
}
