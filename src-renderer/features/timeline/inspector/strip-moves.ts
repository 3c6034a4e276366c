/**
 * Choosing versions of the strip: each choice moves the page to that version; the last two are kept, so that one key
 * changes between them.
 */
import { create } from 'zustand';
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import { parentPath } from '../wire-path.ts';
import { useHistoryView } from '../view-store.ts';
import type { PlacedItem, Version } from './strip-view.ts';

export interface ChosenVersion {
  readonly path: WirePath;
  readonly version: Version;
}

/** The newest first. */
const useChosen = create<{ readonly last: readonly ChosenVersion[] }>(() => ({ last: [] }));

/** Moves the page to the newest point of a version; a version under another name opens the folder it was in. */
export function chooseVersion(chosen: ChosenVersion): void {
  const { last } = useChosen.getState();
  useChosen.setState({ last: [chosen, ...last.filter((one) => keyOf(one) !== keyOf(chosen))].slice(0, 2) });
  show(chosen);
}

/** @returns whether there were two to change between */
export function blinkVersions(): boolean {
  const [newer, older] = useChosen.getState().last;
  const [item] = useHistoryView.getState().selection;
  if (newer === undefined || older === undefined || item === undefined) return false;
  const isOfItem = [newer, older].some(({ path }) => nameKey(path) === nameKey(item.path));
  if (!isOfItem) return false;
  chooseVersion(older);
  return true;
}

/**
 * The neighbour of the version in view among the distinct ones. @param direction -1 older, 1 newer
 * @returns whether there is one; a strip that is still being read may be of what was selected before
 */
export function stepVersion(
  items: readonly PlacedItem[],
  current: ChosenVersion,
  direction: -1 | 1,
): boolean {
  const versions = items.flatMap(({ path, item }) =>
    item.kind === 'version' ? [{ path, version: item }] : [],
  );
  const at = versions.findIndex((one) => keyOf(one) === keyOf(current));
  const next = versions[at - direction];
  if (at < 0 || next === undefined) return false;
  chooseVersion(next);
  return true;
}

function show({ path, version }: ChosenVersion): void {
  const view = useHistoryView.getState();
  const pointId = version.isNewest ? null : version.to.snapshotId;
  const [item] = view.selection;
  if (item !== undefined && nameKey(item.path) === nameKey(path)) view.goTo(pointId);
  else view.openFolder(parentPath(path) ?? '/', { pointId, select: [path] });
}

function keyOf({ path, version }: ChosenVersion): string {
  return `${nameKey(path)}@${version.from.snapshotId}`;
}
