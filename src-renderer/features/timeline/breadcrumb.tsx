/** The folder in view as a path; between its parts, what else lies there, with what was deleted. */
import { Menu } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { nameKey, showName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView } from './view-store.ts';
import { isSamePath, isWithin, joinPath, lastName, pathsDownTo } from './wire-path.ts';

/** More than anybody reads in a menu. */
const MOST_SHOWN = 300;

export function Breadcrumb() {
  const { history } = useWords();
  const { calls } = useCore();
  const folder = useHistoryView((view) => view.folder);
  const { source } = useHistory();
  const { openFolder } = useHistoryView.getState();
  const { value: info } = useAnswer((signal) => calls['app.info']({}, { signal }), ['app.info']);
  const home = info?.homeFolder;
  const parts = crumbsOf(folder, source?.topFolder, home);
  return (
    <nav className="breadcrumb" aria-label={history.breadcrumb}>
      <ol>
        {parts.map((path, at) => {
          const isLast = at === parts.length - 1;
          const name =
            home !== undefined && isSamePath(path, home)
              ? history.home
              : isSamePath(path, '/')
                ? history.top
                : showName(lastName(path));
          return (
            <li key={nameKey(path)} className={isLast ? 'is-last' : ''}>
              <button
                type="button"
                className="crumb"
                aria-current={isLast ? 'location' : undefined}
                title={showName(path)}
                onClick={() => openFolder(path)}
              >
                {name}
              </button>
              <Siblings folder={path} name={name} current={parts[at + 1]} />
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** From where the person's things begin. */
function crumbsOf(
  folder: WirePath,
  top: WirePath | undefined,
  home: WirePath | undefined,
): readonly WirePath[] {
  const start = [home, top].find((one) => one !== undefined && isWithin(folder, one));
  const all = pathsDownTo(folder);
  if (start === undefined) return ['/', ...all];
  return all.filter((path) => isWithin(path, start));
}

interface SiblingsProps {
  readonly folder: WirePath;
  readonly name: string;
  /** The one of them that the breadcrumb goes on with. */
  readonly current: WirePath | undefined;
}

function Siblings({ folder, name, current }: SiblingsProps) {
  const { history } = useWords();
  const { locale } = useFormats();
  const { calls } = useCore();
  const { placeId, point } = useHistory();
  const { openFolder } = useHistoryView.getState();
  const [isOpen, setOpen] = useState(false);
  const snapshotId = point?.snapshotId;
  const { value } = useAnswer(
    !isOpen || placeId === null || snapshotId === undefined
      ? null
      : (signal) =>
          calls['browse.folder'](
            { placeId, snapshotId, folder, deleted: 'folded', limit: 5_000 },
            { signal },
          ),
    [placeId, snapshotId, nameKey(folder), isOpen],
  );
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const folders =
    value?.kind === 'folder'
      ? value.entries
          .filter(({ kind }) => kind === 'folder')
          .toSorted((one, other) => collator.compare(one.label, other.label))
          .slice(0, MOST_SHOWN)
      : [];
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className="crumb-menu" aria-label={history.foldersIn(name)}>
          <ChevronRight size={14} strokeWidth={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="crumb-list">
        {folders.length === 0 && <Menu.Label>{history.noFolders}</Menu.Label>}
        {folders.map(({ name: child, deleted }) => {
          const path = joinPath(folder, child);
          const isCurrent = current !== undefined && isSamePath(path, current);
          return (
            <Menu.Item
              key={nameKey(child)}
              className={`${deleted === undefined ? '' : 'is-ghost'}${isCurrent ? ' is-current' : ''}`}
              aria-current={isCurrent ? 'true' : undefined}
              onClick={() =>
                deleted === undefined
                  ? openFolder(path)
                  : openFolder(path, { pointId: deleted.lastSeen.snapshotId })
              }
            >
              {showName(child)}
              {deleted !== undefined && <span className="crumb-deleted"> · {history.deletedFolder}</span>}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
