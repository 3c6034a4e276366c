/** What slides up from the action bar: one sheet at a time, by the store. Also draws what goes on when it is closed. */
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useHistoryView, type Sheet } from '../view-store.ts';
import { EraseSheet } from './erase-sheet.tsx';
import { ExportSheet } from './export-sheet.tsx';
import { JobTroubles } from './job-troubles.tsx';
import { PlanSheet } from './plan-sheet.tsx';
import { groupsOf, selectionWords } from './put-back-plan.ts';
import { useRestores } from './restore-store.ts';
import { useRestoreDeeds } from './use-restore-deeds.tsx';
import './put-back.css';

const OURS = ['putBack', 'putCopy', 'export', 'erase'] as const satisfies readonly Sheet[];
type OurSheet = (typeof OURS)[number];

export function PutBackSheet() {
  const { putBack: words } = useWords();
  const sheet = useHistoryView((view) => view.sheet);
  const openSheet = useHistoryView((view) => view.openSheet);
  const selection = useHistoryView((view) => view.selection);
  const { point } = useHistory();
  const troublesOf = useRestores((state) => state.troublesOf);
  useRestoreDeeds();
  const own = OURS.find((name) => name === sheet);
  const isOpen = own !== undefined && selection.length > 0 && point !== undefined;
  const close = (): void => openSheet('none');
  return (
    <>
      <Drawer
        opened={isOpen}
        onClose={close}
        position="bottom"
        size="auto"
        padding={0}
        className="put-back"
        closeButtonProps={{ 'aria-label': words.close }}
        title={<SheetTitle sheet={own} />}
      >
        {isOpen && sheetOf(own, close)}
      </Drawer>
      {troublesOf.length > 0 && (
        <JobTroubles jobIds={troublesOf} onClose={() => useRestores.setState({ troublesOf: [] })} />
      )}
    </>
  );
}

function sheetOf(sheet: OurSheet, close: () => void): ReactNode {
  switch (sheet) {
    case 'putBack':
      return <PlanSheet isCopy={false} onClose={close} />;
    case 'putCopy':
      return <PlanSheet isCopy onClose={close} />;
    case 'export':
      return <ExportSheet onClose={close} />;
    case 'erase':
      return <EraseSheet onClose={close} />;
  }
}

function SheetTitle({ sheet }: { sheet: OurSheet | undefined }) {
  const { putBack: words } = useWords();
  const formats = useFormats();
  const { point } = useHistory();
  const nowMs = useNowMs(point);
  const selection = useHistoryView((view) => view.selection);
  if (sheet === undefined || point === undefined) return null;
  const what = selectionWords(selection, { words, formats, nowMs });
  const [group, ...others] = groupsOf(selection, point);
  const moment = others.length > 0 ? null : formats.moment(group?.timeMs ?? point.timeMs, nowMs);
  switch (sheet) {
    case 'putBack':
      return words.titleOf(what, moment);
    case 'putCopy':
      return words.copyTitleOf(what, moment);
    case 'export':
      return words.exportTitle(what, moment);
    case 'erase':
      return words.eraseTitle(what);
  }
}
