/** Plans and places as people name them: by their name, or by an id or its beginning. */
import { TidemarkError } from '#base/errors.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * A name counts before an id, the exact name before one in other letters.
 * @throws request.notFound, request.invalidInput where several fit
 */
export function findByName<Entry extends Named>(
  what: string,
  entries: readonly Entry[],
  given: string,
): Entry {
  const wanted = given.toLocaleLowerCase();
  const ways: ((entry: Entry) => boolean)[] = [
    ({ name }) => name === given,
    ({ name }) => name.toLocaleLowerCase() === wanted,
    ({ id }) => id === given,
    ({ id }) => given.length >= SHORTEST_ID && id.startsWith(given),
  ];
  for (const fits of ways) {
    const found = entries.filter(fits);
    if (found.length === 1) return found[0] as Entry;
    if (found.length > 1) {
      throw new TidemarkError('request.invalidInput', {
        what: `there is more than one ${what} "${given}"`,
        reason: `name it by its id: ${found.map(({ id }) => id).join(' or ')}`,
      });
    }
  }
  throw new TidemarkError('request.notFound', { what, id: given });
}

const SHORTEST_ID = 4;
