/** Above all: the folder with its neighbours, the way to search, now or then, how contents are shown, whose files. */
import { Menu } from '@mantine/core';
import {
  Columns3,
  GitCompare,
  HardDrive,
  LayoutGrid,
  List,
  PanelRight,
  Search,
  type LucideIcon,
} from 'lucide-react';
import { memo } from 'react';
import { useWords } from '../../text/use-words.ts';
import { Breadcrumb } from './breadcrumb.tsx';
import type { Source } from './sources.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView, type ContentsView } from './view-store.ts';

const VIEWS: readonly (readonly [ContentsView, LucideIcon, 'asList' | 'asIcons' | 'asColumns'])[] = [
  ['list', List, 'asList'],
  ['icons', LayoutGrid, 'asIcons'],
  ['columns', Columns3, 'asColumns'],
];

export function TopBar() {
  const { history } = useWords();
  const { points, sources, source } = useHistory();
  const contentsView = useHistoryView((view) => view.contentsView);
  const isInspectorOpen = useHistoryView((view) => view.isInspectorOpen);
  const isComparing = useHistoryView((view) => view.compareWithId !== null);
  const { set, openSearch, compareWith } = useHistoryView.getState();
  return (
    <header className="top-bar" data-region aria-label={history.regionTop}>
      <Breadcrumb />
      <button type="button" className="search-field" onClick={() => openSearch()} aria-label={history.search}>
        <Search size={15} strokeWidth={1.7} aria-hidden />
        <span>{history.search}</span>
        <kbd>/</kbd>
      </button>
      <NowOrThen />
      <button
        type="button"
        className="tool"
        aria-pressed={isComparing}
        disabled={points.length < 2}
        title={isComparing ? history.endCompare : history.compare}
        onClick={() => compareWith(isComparing ? null : 'now')}
      >
        <GitCompare size={16} strokeWidth={1.7} aria-hidden />
        <span>{history.compare}</span>
      </button>
      <div className="tools" role="group" aria-label={history.view}>
        {VIEWS.map(([view, Icon, words]) => (
          <button
            key={view}
            type="button"
            aria-pressed={contentsView === view}
            aria-label={history[words]}
            title={history[words]}
            onClick={() => set({ contentsView: view })}
          >
            <Icon size={16} strokeWidth={1.7} aria-hidden />
          </button>
        ))}
      </div>
      {source !== undefined && <SourceMenu sources={sources} source={source} />}
      <button
        type="button"
        className="tool is-bare"
        aria-pressed={isInspectorOpen}
        aria-label={isInspectorOpen ? history.hidePanel : history.showPanel}
        title={isInspectorOpen ? history.hidePanel : history.showPanel}
        onClick={() => set({ isInspectorOpen: !isInspectorOpen })}
      >
        <PanelRight size={16} strokeWidth={1.7} aria-hidden />
      </button>
    </header>
  );
}

/** Then is where one was last; the newest but one where one was nowhere yet. */
function NowOrThen() {
  const { history } = useWords();
  const { isNow, points } = useHistory();
  const thenId = useHistoryView((view) => view.thenId);
  const { goTo } = useHistoryView.getState();
  const then = points.find(({ snapshotId }) => snapshotId === thenId) ?? points.at(-2) ?? points.at(-1);
  return (
    <div className="tools is-wide" role="group" aria-label={history.nowOrThen}>
      <button type="button" aria-pressed={isNow} onClick={() => goTo(null)}>
        {history.now}
      </button>
      <button
        type="button"
        aria-pressed={!isNow}
        disabled={then === undefined}
        onClick={() => then !== undefined && isNow && goTo(then.snapshotId)}
      >
        {history.backThen}
      </button>
    </div>
  );
}

interface SourceMenuProps {
  readonly sources: readonly Source[];
  readonly source: Source;
}

const SourceMenu = memo(function SourceMenu({ sources, source }: SourceMenuProps) {
  const { history } = useWords();
  const { openSource } = useHistoryView.getState();
  const byHost = Map.groupBy(sources, ({ hostname }) => hostname);
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <button
          type="button"
          className="tool source"
          aria-label={history.source(source.placeName)}
          title={history.source(source.placeName)}
        >
          <HardDrive size={16} strokeWidth={1.7} aria-hidden />
          <span>{source.placeName}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {[...byHost].map(([hostname, ofHost]) => (
          <div key={hostname}>
            <Menu.Label>{hostname}</Menu.Label>
            {ofHost.map((one) => (
              <Menu.Item
                key={`${one.placeId} ${one.series}`}
                aria-current={one === source ? 'true' : undefined}
                className={one === source ? 'is-current' : ''}
                onClick={() => openSource(one.placeId, one.series, one.topFolder)}
              >
                {history.sourceIn(one.name, one.placeName)}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});
