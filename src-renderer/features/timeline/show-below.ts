/** A folder as it is named from what is protected: without the way there, which is the same for all. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import { showName } from '../../text/show-name.ts';
import { isWithin, parentPath } from './wire-path.ts';

export function showBelow(folder: WirePath, top: WirePath | undefined): string {
  const above = top === undefined ? null : parentPath(top);
  if (top === undefined || above === null || above === '/' || !isWithin(folder, top)) return showName(folder);
  return showName(folder).slice(showName(above).length + 1);
}
