/**
 * The folder in view as a path; between its parts, what else lies there, with what was deleted. Of a long path the middle is a
 * menu: where one is and what is above it stay readable.
 */
import { Menu } from '@mantine/core';
import { ChevronRight, House } from 'lucide-react';
import { memo, useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { nameOrder } from '../../text/name-order.ts';
import { nameKey, showName } from '../../text/show-name.ts';
import { useFormats, useShowPath, useSpeech, useWords } from '../../text/use-words.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView } from './view-store.ts';
import { isSamePath, isWithin, joinPath, lastName, pathsDownTo } from './wire-path.ts';

/** More than anybody reads in a menu. */
const MOST_SHOWN = 300;

/** Parts that are shown of a path. */
const MOST_PARTS = 4;
/** Of a longer one, the last so many. */
const LAST_PARTS = 2;

export function Breadcrumb() {
  const { history } = useWords();
  const { home } = useSpeech();
  const folder = useHistoryView((view) => view.folder);
  const { source } = useHistory();
  const parts = crumbsOf(folder, source?.topFolder, home);
  const isLong = parts.length > MOST_PARTS;
  const hidden = isLong ? parts.slice(1, -LAST_PARTS) : [];
  const shown = parts.filter((path) => !hidden.includes(path));
  return (
    <nav className="breadcrumb" aria-label={history.breadcrumb}>
      <ol>
        {shown.map((path, at) => {
          const isHome = home !== undefined && isSamePath(path, home);
          return (
            <Crumb
              key={nameKey(path)}
              path={path}
              isHome={isHome}
              name={isHome ? history.home : isSamePath(path, '/') ? history.top : showName(lastName(path))}
              isLast={at === shown.length - 1}
              current={parts[parts.indexOf(path) + 1]}
              between={at === 0 && isLong ? hidden : NONE}
            />
          );
        })}
      </ol>
    </nav>
  );
}

const NONE: readonly WirePath[] = [];

interface CrumbProps {
  readonly path: WirePath;
  readonly name: string;
  readonly isHome: boolean;
  readonly isLast: boolean;
  readonly current: WirePath | undefined;
  /** What is left out after it. */
  readonly between: readonly WirePath[];
}

/** A step to another folder or moment draws only those anew that it changes: each has a menu, which costs more than a row. */
const Crumb = memo(function Crumb({ path, name, isHome, isLast, current, between }: CrumbProps) {
  const showPath = useShowPath();
  const { openFolder } = useHistoryView.getState();
  return (
    <>
      <li className={isLast ? 'is-last' : isHome ? 'is-home' : ''}>
        <button
          type="button"
          className="crumb"
          aria-current={isLast ? 'location' : undefined}
          aria-label={isHome ? name : undefined}
          title={isHome ? name : showPath(path)}
          onClick={() => openFolder(path)}
        >
          {isHome && !isLast ? <House size={16} strokeWidth={1.7} aria-hidden /> : name}
        </button>
        <Siblings folder={path} name={name} current={current} />
      </li>
      {between.length > 0 && <Between folders={between} />}
    </>
  );
});

/** The folders between the first and the last ones of a long path. */
function Between({ folders }: { folders: readonly WirePath[] }) {
  const { history } = useWords();
  const { openFolder } = useHistoryView.getState();
  return (
    <li className="is-between">
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <button type="button" className="crumb" aria-label={history.foldersBetween}>
            …
          </button>
        </Menu.Target>
        <Menu.Dropdown className="crumb-list">
          {folders.map((path) => (
            <Menu.Item key={nameKey(path)} onClick={() => openFolder(path)}>
              {showName(lastName(path))}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ChevronRight size={14} strokeWidth={1.8} aria-hidden />
    </li>
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
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className="crumb-menu" aria-label={history.foldersIn(name)}>
          <ChevronRight size={14} strokeWidth={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="crumb-list">
        {isOpen && <SiblingItems folder={folder} current={current} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function SiblingItems({ folder, current }: Omit<SiblingsProps, 'name'>) {
  const { history } = useWords();
  const { locale } = useFormats();
  const { calls } = useCore();
  const { placeId, point } = useHistory();
  const { openFolder } = useHistoryView.getState();
  const snapshotId = point?.snapshotId;
  const { value } = useAnswer(
    placeId === null || snapshotId === undefined
      ? null
      : (signal) =>
          calls['browse.folder'](
            { placeId, snapshotId, folder, deleted: 'folded', limit: 5_000 },
            { signal },
          ),
    [placeId, snapshotId, nameKey(folder)],
  );
  const order = nameOrder(locale);
  const folders =
    value?.kind === 'folder'
      ? value.entries
          .filter(({ kind }) => kind === 'folder')
          .map((entry) => ({ entry, key: order.keyOf(entry.label) }))
          .toSorted((one, other) => order.compare(one.key, other.key))
          .map(({ entry }) => entry)
          .slice(0, MOST_SHOWN)
      : [];
  return (
    <>
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
    </>
  );
}
