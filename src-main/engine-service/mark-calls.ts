/**
 * What people say about a version: that it is kept for ever, and what they call it. Both are tags of its snapshot, so it gets
 * a new id; the catalogue follows at once, so that whoever asks next finds it under that.
 */
import { invariant, TidemarkError } from '#base/errors.ts';
import { repositorySource } from '#catalogue/catalogue-source.ts';
import type { MarkChoice } from '#contract/engine/engine-values.ts';
import { executeTag, type TagChange } from '#operations/tag.ts';
import { isLabelTag, KEEP_TAG, labelTag } from '#rules/snapshot-marks.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { toListedVersion } from './listed-version.ts';

export function markCalls({ places, catalogues }: EngineService): Pick<EngineHandlers, 'label'> {
  return {
    label: ({ access, choice }, { signal }) =>
      places.with(access, { signal, writes: 'label', keepsIndex: true }, async (repository) => {
        const { snapshotId } = choice;
        const { tags } = (await repository.snapshots.find(snapshotId, {}, signal)).snapshot;
        const request = { change: changeOf(choice, tags), snapshots: { ids: [snapshotId] } };
        const { changed } = isNothing(request.change)
          ? { changed: [] }
          : await executeTag(repository, request, {}, signal);
        const newId = changed[0]?.newId ?? snapshotId;
        const version = toListedVersion(await repository.snapshots.find(newId, {}, signal));
        invariant(version !== undefined, 'a version was named that holds nothing');
        await catalogues.with(repository.config.id, (catalogue) =>
          catalogue.update(repositorySource(repository), { signal }),
        );
        return version;
      }),
  };
}

/** @throws request.invalidInput for a name that nobody could read */
function changeOf({ keepForEver, label }: MarkChoice, tags: readonly string[]): TagChange {
  if (label !== null && /\p{Cc}/u.test(label))
    throw new TidemarkError('request.invalidInput', {
      what: 'the name of the version',
      reason: 'it has characters that cannot be shown',
    });
  const labels = label === null ? [] : tags.filter(isLabelTag);
  const wanted = label === null || label === '' ? [] : [labelTag(label)];
  return {
    kind: 'change',
    add: [...(keepForEver === true ? [KEEP_TAG] : []), ...wanted],
    remove: [
      ...(keepForEver === false ? [KEEP_TAG] : []),
      ...labels.filter((each) => !wanted.includes(each)),
    ],
  };
}

function isNothing(change: TagChange): boolean {
  return change.kind === 'change' && change.add.length + change.remove.length === 0;
}
