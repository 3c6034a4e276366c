/** Groups of snapshots as restic's `--json` prints them, for `snapshots --group-by` and `forget`. */
import { keepReasonText } from '#rules/retention.ts';
import type { SpareReason } from '#rules/retention-brake.ts';
import type { GroupKey, SnapshotGroup } from '#rules/snapshot-groups.ts';
import type { ListedSnapshot } from './calls/access.ts';
import type { ForgetGroup, ForgetPlan } from './calls/forget.ts';
import { encodeJson } from './output.ts';
import { snapshotJson } from './snapshot-json.ts';

/** What the brake says in the column of reasons and in JSON. */
export const SPARE_WORDS: Readonly<Record<SpareReason | 'keptForEver', string>> = {
  keptForEver: 'kept for ever',
  doubtfulTime: 'time cannot be true',
  seriesOnHold: 'on hold',
  newestComplete: 'one of the newest',
  lastClean: 'last clean one',
  shareReached: 'waits for a later run',
};

/** JSON text of `snapshots --group-by`. */
export function groupsJson(groups: readonly SnapshotGroup<ListedSnapshot>[]): string {
  const texts = groups.map(({ key, snapshots }) => {
    const groupKey = encodeJson({ hostname: key.hostname ?? '', ...listsOf(key) });
    return `{"group_key":${groupKey},"snapshots":${listJson(snapshots.map((one) => snapshotJson(one)))}}`;
  });
  return `[${texts.join(',')}]`;
}

/** JSON text of a forget. What the brake holds is kept, with its reason in our words. */
export function forgetJson({ groups }: ForgetPlan): string {
  return `[${groups.map(forgetGroupJson).join(',')}]`;
}

function forgetGroupJson({ key, keep, spared, remove }: ForgetGroup): string {
  const kept = [
    ...keep.map(({ listed, reasons }) => ({
      json: snapshotJson(listed),
      matches: reasons.map(keepReasonText),
    })),
    ...spared.map(({ listed, reason }) => ({ json: snapshotJson(listed), matches: [SPARE_WORDS[reason]] })),
  ];
  const { tags, ...otherLists } = listsOf(key);
  const start = encodeJson({ tags, host: key.hostname ?? '', ...otherLists });
  const reasons = kept.map(({ json, matches }) => `{"snapshot":${json},"matches":${encodeJson(matches)}}`);
  const parts = [
    `"keep":${listJson(kept.map(({ json }) => json))}`,
    `"remove":${listJson(remove.map((listed) => snapshotJson(listed)))}`,
    `"reasons":${listJson(reasons)}`,
  ];
  return `${start.slice(0, -1)},${parts.join(',')}}`;
}

/** restic writes null for a list that is empty or not grouped by. */
function listsOf({ paths, tags, series }: GroupKey) {
  return {
    paths: paths === undefined || paths.length === 0 ? null : paths,
    tags: tags === undefined || tags.length === 0 ? null : tags,
    ...(series === undefined ? {} : { series }),
  };
}

function listJson(texts: readonly string[]): string {
  return texts.length === 0 ? 'null' : `[${texts.join(',')}]`;
}
