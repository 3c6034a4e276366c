/** Why a folder shows nothing, in a sentence, and the one thing to do about it. */
import { Button } from '@mantine/core';
import { CircleSlash, Clock, FolderOpen, FolderX, Ghost, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useMoving } from '../use-moving.ts';
import { useHistoryView } from '../view-store.ts';
import { parentPath } from '../wire-path.ts';
import type { FolderState } from './folder-source.ts';

export interface FolderNoticeProps {
  readonly state: FolderState;
  readonly isNow: boolean;
  again(): void;
}

export function FolderNotice({ state, isNow, again }: FolderNoticeProps) {
  const { history } = useWords();
  const sentences = useCoreSentences();
  const formats = useFormats();
  const nowMs = useNowMs();
  const moving = useMoving();
  const folder = useHistoryView((view) => view.folder);
  const { goTo, openFolder, set } = useHistoryView.getState();
  const name = showLastName(folder);
  const parent = parentPath(folder);
  switch (state.kind) {
    case 'asking':
      return null;
    case 'folder': {
      const hasGhosts = state.entries.length > 0 || state.foldedCount !== undefined;
      return hasGhosts ? (
        <Notice icon={Ghost} title={history.onlyDeletedHidden}>
          <Button variant="default" onClick={() => set({ showDeleted: true })}>
            {history.showDeleted}
          </Button>
        </Notice>
      ) : (
        <Notice icon={FolderOpen} title={isNow ? history.emptyNow : history.emptyFolder} />
      );
    }
    case 'deleted':
      return (
        <Notice
          icon={Ghost}
          title={history.folderDeleted(name, formats.moment(state.lastSeen.timeMs, nowMs))}
        >
          <Button onClick={() => goTo(state.lastSeen.snapshotId)}>{history.goThere}</Button>
        </Notice>
      );
    case 'missing':
      return (
        <Notice icon={FolderX} title={history.folderMissing(name)}>
          {isNow ? (
            parent !== null && (
              <Button variant="default" onClick={() => openFolder(parent)}>
                {history.goUp}
              </Button>
            )
          ) : (
            <Button onClick={() => goTo(null)}>{history.goNewer}</Button>
          )}
        </Notice>
      );
    case 'waiting':
      return (
        <Notice icon={Clock} title={history.folderWaiting} help={history.folderWaitingHelp}>
          <Button variant="default" onClick={() => goTo(null)}>
            {history.goNewer}
          </Button>
        </Notice>
      );
    case 'damaged':
      return (
        <Notice icon={CircleSlash} title={history.folderDamaged} help={history.folderDamagedHelp}>
          <Button variant="default" onClick={() => moving.step(-1)}>
            {history.olderVersion}
          </Button>
          <Button variant="default" onClick={() => moving.step(1)}>
            {history.newerVersion}
          </Button>
        </Notice>
      );
    case 'refused':
      return (
        <Notice icon={CircleSlash} title={history.refused} help={sentences.error(state.error)}>
          <Button onClick={again}>{history.again}</Button>
        </Notice>
      );
  }
}

export interface NoticeProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly help?: string;
  readonly children?: ReactNode;
}

export function Notice({ icon: Icon, title, help, children }: NoticeProps) {
  return (
    <div className="folder-notice">
      <Icon size={34} strokeWidth={1.3} aria-hidden />
      <p className="notice-title">{title}</p>
      {help !== undefined && <p className="notice-help">{help}</p>}
      {children !== undefined && <div className="notice-buttons">{children}</div>}
    </div>
  );
}
