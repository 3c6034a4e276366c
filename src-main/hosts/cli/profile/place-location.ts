/** A location as typed: an address as restic writes it stays, a folder becomes absolute, because the core works elsewhere. */
import path from 'node:path';
import { parseLocation } from '#storage/locations/parse-location.ts';
import { asText } from '../option-values.ts';

/** @throws request.invalidInput */
export function placeLocation(typed: string): string {
  const text = asText(typed);
  const location = parseLocation(text);
  return location.kind === 'local' ? path.resolve(location.path) : text;
}
