/** Which other places have what is to be erased from one: there it stays. */
import { isTidemarkError } from '#base/errors.ts';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useHistory } from '../use-history.ts';

/** @returns names of places; undefined: not known yet */
export function useKeptElsewhere(series: string, paths: readonly WirePath[]): readonly string[] | undefined {
  const { calls } = useCore();
  const { source } = useHistory();
  const others = source?.elsewhere ?? [];
  const answer = useAnswer(
    async (signal) => {
      const names = others.map(async ({ placeId, placeName }) => {
        try {
          const { versions } = await calls['erase.prepare'](
            { placeId, series, paths: [...paths] },
            { signal },
          );
          return versions > 0 ? [placeName] : [];
        } catch (error) {
          // Whoever cannot tell may have it.
          return isTidemarkError(error) && error.code === 'files.pathNotInSnapshot' ? [] : [placeName];
        }
      });
      return (await Promise.all(names)).flat();
    },
    [series, others.map(({ placeId }) => placeId), paths.map(nameKey)],
  );
  return answer.value;
}
