/** The strip as it is drawn: in the inspector from top to bottom, or across the window from right to left in time. */
import { HoverCard } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { blinkVersions, chooseVersion } from './strip-moves.ts';
import { Preview } from './preview.tsx';
import type { GapRow, VersionRow } from './strip-view.ts';
import { contentOf, type ContentAt } from './use-subject.ts';
import { isDesktop } from '../../../core-link/desktop.ts';
import { useWords } from '../../../text/use-words.ts';
import { historyDeeds, useHistoryView } from '../view-store.ts';
import './version-strip.css';

export interface VersionStripProps {
  readonly placeId: string;
  readonly rows: readonly (VersionRow | GapRow)[];
  /** Key of the row of the version in view. */
  readonly currentKey: string | null;
  readonly isWide?: boolean;
}

const CHIP_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CHIP_TONES = 5;

export function VersionStrip({ placeId, rows, currentKey, isWide = false }: VersionStripProps) {
  const { inspector: words } = useWords();
  return (
    <ol className={isWide ? 'version-strip wide' : 'version-strip'} aria-label={words.versions}>
      {rows.map((row) =>
        row.kind === 'gap' ? (
          <li key={row.key} className="gap" style={lengthOf(row.heightPx, isWide)}>
            <span>{row.words}</span>
          </li>
        ) : (
          <li key={row.key}>
            <HoverPreview content={contentOf(row.version, placeId, row.path)} isWide={isWide}>
              <VersionBlock row={row} isCurrent={row.key === currentKey} isWide={isWide} />
            </HoverPreview>
          </li>
        ),
      )}
    </ol>
  );
}

/** A pointer on its way over the strip asks for nothing. */
const HOVER_MS = 450;

/** What is in it, beside the strip, while the pointer rests on it. Everybody else has the tab for it. */
function HoverPreview(props: {
  readonly content: ContentAt | null;
  readonly isWide: boolean;
  readonly children: ReactNode;
}) {
  const { content, isWide, children } = props;
  if (content === null) return children;
  return (
    <HoverCard
      position={isWide ? 'top' : 'left'}
      width={360}
      openDelay={HOVER_MS}
      closeDelay={80}
      withRoles={false}
      shadow="md"
    >
      <HoverCard.Target>
        <div>{children}</div>
      </HoverCard.Target>
      <HoverCard.Dropdown className="hover-preview">
        <Preview content={content} />
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function VersionBlock(props: {
  readonly row: VersionRow;
  readonly isCurrent: boolean;
  readonly isWide: boolean;
}) {
  const { row, isCurrent, isWide } = props;
  const { version } = row;
  return (
    <button
      type="button"
      className={`block ${row.tone}`}
      aria-current={isCurrent ? 'true' : undefined}
      style={lengthOf(row.heightPx, isWide)}
      onClick={() => chooseVersion(row)}
      draggable={isDesktop() && version.fetchFrom !== undefined}
      onDragStart={(event) => {
        if (version.fetchFrom === undefined) return;
        const from = [{ snapshotId: version.fetchFrom.snapshotId, paths: [row.path] }];
        historyDeeds.dragOut?.(event, from, () => {
          chooseVersion(row);
          useHistoryView.getState().openSheet('putCopy');
        });
      }}
      onKeyDown={(event) => {
        // Enter chooses; Space goes to and fro between the last two.
        if (event.key === ' ' && blinkVersions()) event.preventDefault();
      }}
    >
      <span className="bar" aria-hidden />
      <span className="title">{row.title}</span>
      <span className="lasted">{row.lasted}</span>
      <span className="facts">{row.facts}</span>
      {row.chip !== null && (
        <span className={`chip tone-${row.chip % CHIP_TONES}`} title={row.chipWords}>
          <span aria-hidden>{CHIP_LETTERS[row.chip % CHIP_LETTERS.length]}</span>
          <span className="unseen">{row.chipWords}</span>
        </span>
      )}
      {row.warning !== null && (
        <span className="warning">
          <TriangleAlert size={13} strokeWidth={1.9} aria-hidden /> {row.warning}
        </span>
      )}
    </button>
  );
}

/** Across the window a block is as wide as it would be tall, and once more for its words. */
function lengthOf(heightPx: number, isWide: boolean): CSSProperties {
  return isWide ? { inlineSize: heightPx * 3.5 } : { minBlockSize: heightPx };
}
