/** What can be done with what is selected; there only while something is. The putting back itself is another part's. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Ellipsis, X } from 'lucide-react';
import { isDesktop } from '../../core-link/desktop.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { showName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { isOneFile, useSaveWords } from './hand-out/use-save-copy.tsx';
import { groupsOf } from './put-back/put-back-plan.ts';
import { useHistory } from './use-history.ts';
import { historyDeeds, useHistoryView } from './view-store.ts';
import { lastName, parentPath } from './wire-path.ts';

export function ActionBar() {
  const { history, handOut } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const { point, isNow } = useHistory();
  const saveWords = useSaveWords();
  const selection = useHistoryView((view) => view.selection);
  const { openSheet, select, openFolder } = useHistoryView.getState();
  const [only] = selection;
  if (only === undefined) return null;
  const bytes = selection.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const hasSizes = selection.some(({ kind }) => kind !== 'folder');
  const groups = point === undefined ? [] : groupsOf(selection, point);
  const seen = groups[0]?.timeMs;
  const parent = parentPath(only.path);
  // A browser opens nothing; what it saves, the person opens.
  const canOpen = isDesktop() && isOneFile(selection);
  const saveCopy = (): void => historyDeeds.saveCopy?.();
  const copyPath = (): void => {
    const text = selection.map(({ path }) => showName(path)).join('\n');
    navigator.clipboard.writeText(text).then(
      () => notifications.show({ message: history.copied, autoClose: 4_000 }),
      () => undefined,
    );
  };
  return (
    <footer className="action-bar" data-region aria-label={history.regionActions}>
      <p>
        <b title={selection.length === 1 ? showName(lastName(only.path)) : undefined}>
          {selection.length === 1
            ? showName(lastName(only.path))
            : history.itemsChosen(formats.count(selection.length))}
        </b>
        {hasSizes && <span>, {formats.bytes(bytes)}</span>}
        {seen !== undefined && (
          <span>
            ,{' '}
            {groups.length > 1
              ? history.fromEach
              : isNow && only.deleted === undefined
                ? history.fromNow
                : history.fromMoment(formats.moment(seen, nowMs))}
          </span>
        )}
      </p>
      <button
        type="button"
        className="tool is-bare"
        aria-label={history.clearSelection}
        title={history.clearSelection}
        onClick={() => select([])}
      >
        <X size={16} strokeWidth={1.7} aria-hidden />
      </button>
      <Menu position="top-end" width={260}>
        <Menu.Target>
          <Button variant="default" px={10} aria-label={history.more} title={history.more}>
            <Ellipsis size={17} strokeWidth={1.7} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {canOpen && <Menu.Item onClick={saveCopy}>{saveWords(selection)}</Menu.Item>}
          <Menu.Item onClick={() => openSheet('export')}>{history.exportZip}</Menu.Item>
          <Menu.Item onClick={() => openSheet('keep')}>{history.keepPoint}</Menu.Item>
          <Menu.Item onClick={copyPath}>{history.copyPath}</Menu.Item>
          {parent !== null && (
            <Menu.Item onClick={() => openFolder(parent, { select: [only.path] })}>
              {history.showInFolder}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item className="is-danger" onClick={() => openSheet('erase')}>
            {history.erase}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {canOpen ? (
        <Button variant="default" title={handOut.openCopyHint} onClick={() => historyDeeds.openCopy?.()}>
          {handOut.openCopy}
        </Button>
      ) : (
        <Button variant="default" className="save-copy" onClick={saveCopy}>
          {saveWords(selection)}
        </Button>
      )}
      <Button variant="default" onClick={() => openSheet('putCopy')}>
        {history.putCopy}
      </Button>
      <Button onClick={() => openSheet('putBack')}>{history.putBack}</Button>
    </footer>
  );
}
