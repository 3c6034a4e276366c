/** The bars in sight as a table with the same numbers, newest first; it follows the band, whose keys for zoom it keeps. */
import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { showLastName } from '../../../text/show-name.ts';
import type { Formats } from '../../../text/formats.ts';
import type { Words } from '../../../text/language.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistoryView } from '../view-store.ts';
import type { BarsInSight } from './band-control.ts';
import { bandDeeds } from './band-deeds.ts';
import type { Step } from './buckets.ts';
import type { Bar } from './heat.ts';
import { lockWords } from './locks.ts';

export function HeatTable() {
  const isOpen = useHistoryView((view) => view.sheet === 'heatTable');
  const folder = useHistoryView((view) => view.folder);
  const { openSheet } = useHistoryView.getState();
  const { history } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const [shown, setShown] = useState<BarsInSight>();
  useEffect(() => (isOpen ? bandDeeds.current?.followBars(setShown) : undefined), [isOpen]);
  const bars = shown?.bars.filter(({ kind }) => kind !== 'off').toReversed() ?? [];
  return (
    <Modal
      opened={isOpen}
      onClose={() => openSheet('none')}
      title={history.heatTitle(showLastName(folder))}
      size="lg"
      closeButtonProps={{ 'aria-label': history.close }}
    >
      <p className="heat-keys">{history.heatKeys}</p>
      {bars.length === 0 || shown === undefined ? (
        <p>{history.heatEmpty}</p>
      ) : (
        <table className="heat-table">
          <thead>
            <tr>
              <th scope="col">{history.heatPeriod}</th>
              <th scope="col">{history.heatAdded}</th>
              <th scope="col">{history.heatModified}</th>
              <th scope="col">{history.heatRemoved}</th>
              <th scope="col">{history.heatVersions}</th>
              <th scope="col">{history.heatState}</th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.fromMs}>
                <th scope="row">{periodWords(bar, shown.step, formats, nowMs)}</th>
                <td>{formats.count(bar.added)}</td>
                <td>{formats.count(bar.modified)}</td>
                <td>{formats.count(bar.removed)}</td>
                <td>{formats.count(bar.points)}</td>
                <td>
                  {stateWords(bar, history)}
                  {bar.locked !== undefined &&
                    `; ${lockWords(bar.locked, bar.points, { history, formats, nowMs })}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Modal>
  );
}

function stateWords(bar: Bar, history: Words['history']): string {
  switch (bar.kind) {
    case 'changed':
      return history.kindChanged;
    case 'quiet':
      return bar.isFirst ? history.markFirst : history.kindQuiet;
    case 'waiting':
      return history.kindWaiting;
    case 'missed':
      return bar.heldBy === undefined ? history.kindMissed : history.kindHeld(history.heldBy[bar.heldBy]);
    case 'off':
      return history.kindOff;
  }
}

/** "Tue 3 Nov", "2 Nov – 8 Nov", "14:20 – 14:30". */
export function periodWords(bar: Bar, { unit, count }: Step, formats: Formats, nowMs: number): string {
  const lastMs = bar.toMs - 1;
  switch (unit) {
    case 'second':
    case 'minute':
    case 'hour':
      return `${formats.moment(bar.fromMs, nowMs)} – ${formats.clock(bar.toMs)}`;
    case 'day':
      if (count === 1) return formats.moment(bar.fromMs, nowMs).replace(/, .*$/, '');
      break;
    case 'month':
      if (count === 1)
        return new Intl.DateTimeFormat(formats.locale, { month: 'long', year: 'numeric' }).format(bar.fromMs);
      break;
    case 'year':
      if (count === 1) return String(new Date(bar.fromMs).getFullYear());
      break;
    case 'week':
  }
  return `${formats.day(bar.fromMs, nowMs)} – ${formats.day(lastMs, nowMs)}`;
}
