/**
 * Which adapter serves an address. An address is what a person types: a plain path, or `kind:rest`.
 * Gives bare adapters; who opens a place wraps them in the decorators it wants.
 */
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import type { Storage } from '#storage/port.ts';

/** Kinds that restic's addresses name and that are to come. */
const NOT_YET_SUPPORTED = new Set(['sftp', 's3', 'rest', 'rclone', 'b2', 'azure', 'gs', 'swift']);

/** Two characters at least, so that a drive letter is no kind; nothing that looks like a path before the colon. */
const KIND = /^([A-Za-z][A-Za-z0-9+-]+):(.*)$/s;

/**
 * The storage at an address, not yet opened; touches nothing. A relative path is taken from the present working folder.
 * @throws request.invalidInput
 */
export function openStorage(address: string, clock: Clock = systemClock): Storage {
  const match = KIND.exec(address);
  const kind = match?.[1]?.toLowerCase();
  if (kind === undefined) return openLocal(address, clock);
  if (kind === 'local') return openLocal(match?.[2] ?? '', clock);
  if (NOT_YET_SUPPORTED.has(kind)) {
    throw invalid(
      `places of the kind ${kind} are not supported yet; use a folder on this computer or a mounted drive`,
    );
  }
  throw invalid(`"${kind}:" is no known kind of place; for a folder of that name write local:${address}`);
}

function openLocal(path: string, clock: Clock): Storage {
  if (path === '') throw invalid('the path is empty');
  if (path.includes('\0')) throw invalid('the path contains a NUL character');
  return new LocalStorage(path, clock);
}

function invalid(reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: 'repository address', reason });
}
