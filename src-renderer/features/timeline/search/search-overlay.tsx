/** The search over every name that was ever seen: a field, filters as words and chips, results as they come. */
import { Modal, Pill, UnstyledButton } from '@mantine/core';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { parentPath } from '../wire-path.ts';
import { chipWords, parseSearch, withoutChip, type ParsedSearch } from './parse-search.ts';
import { SearchResults } from './search-results.tsx';
import type { SearchResult } from './search-types.ts';
import { useSearch } from './use-search.ts';
import './search.css';

export function SearchOverlay() {
  const { search: words } = useWords();
  const isOpen = useHistoryView((view) => view.isSearchOpen);
  const closeSearch = useHistoryView((view) => view.closeSearch);
  return (
    <Modal.Root
      opened={isOpen}
      onClose={closeSearch}
      centered={false}
      lockScroll={false}
      yOffset={48}
      size={760}
      padding={0}
      className="search-overlay"
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content radius="lg" aria-label={words.label}>
        <Modal.Body>{isOpen && <SearchPanel />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function SearchPanel() {
  const { search: words } = useWords();
  const formats = useFormats();
  const { placeId, series, source, sources, newest } = useHistory();
  const nowMs = useNowMs(newest);
  const typed = useHistoryView((view) => view.searchText);
  const set = useHistoryView((view) => view.set);
  const [isEverywhere, setIsEverywhere] = useState(false);
  const [chosen, setChosen] = useState(0);
  const parsed = useMemo(() => parseSearch(typed, nowMs), [typed, nowMs]);
  const hasOthers = sources.filter((one) => one.placeId === placeId).length > 1;
  const { state, isOfBefore } = useSearch(placeId, parsed.text, {
    ...parsed.filters,
    ...(isEverywhere || series === null ? {} : { series }),
  });
  const results = state.kind === 'looking' || state.kind === 'done' ? state.found.results : [];
  const current = Math.min(chosen, results.length - 1);
  const result = isOfBefore ? undefined : results[current];
  /** Enter came before the answer. */
  const [isAwaited, setIsAwaited] = useState(false);
  useEffect(() => {
    if (isAwaited && result !== undefined) openResult(result, placeId, series);
  }, [isAwaited, result, placeId, series]);

  const field = useRef<HTMLInputElement>(null);
  // Before the frame around it does, so that what is typed right after the key that opens it is not lost; but not before this
  // panel hears of the store, when React would put back what was there before a letter.
  useEffect(() => field.current?.focus(), []);

  const type = (text: string): void => {
    set({ searchText: text });
    setChosen(0);
    setIsAwaited(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(results.length - 1, current + step)));
    }
    if (event.key === 'Enter') setIsAwaited(true);
  };
  return (
    <div className="search-panel">
      <label className="search-line">
        <Search size={17} strokeWidth={1.7} aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-expanded={results.length > 0}
          aria-controls="search-results"
          aria-activedescendant={results.length > 0 ? `search-result-${current}` : undefined}
          aria-label={words.label}
          placeholder={words.placeholder}
          value={typed}
          maxLength={1_000}
          data-autofocus
          ref={field}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => type(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      {(parsed.chips.length > 0 || hasOthers) && (
        <div className="search-chips" role="group" aria-label={words.filters}>
          {parsed.chips.map((chip) => {
            const label = chipWords(chip, parsed.filters, { words, formats, nowMs });
            return (
              <Pill
                key={chip.typed}
                withRemoveButton
                onRemove={() => type(withoutChip(typed, chip))}
                removeButtonProps={{
                  'aria-label': words.removeFilter(label),
                  'aria-hidden': false,
                  tabIndex: 0,
                }}
              >
                {label}
              </Pill>
            );
          })}
          {hasOthers && (
            <UnstyledButton
              className="search-idea"
              aria-pressed={isEverywhere}
              onClick={() => setIsEverywhere(!isEverywhere)}
            >
              {words.everywhere}
            </UnstyledButton>
          )}
        </div>
      )}
      {parsed.notUnderstood.length > 0 && (
        <p className="search-note">{words.notUnderstood(parsed.notUnderstood.join(' '))}</p>
      )}
      {state.kind === 'none' ? (
        <Ideas onChosen={type} />
      ) : (
        <SearchResults
          state={state}
          isOfBefore={isOfBefore}
          chosen={current}
          text={parsed.text}
          range={{ fromMs: source?.points[0]?.timeMs ?? nowMs, toMs: nowMs }}
          onOpen={(result) => openResult(result, placeId, series)}
          onWiden={hasFilters(parsed) ? () => type(parsed.text) : undefined}
        />
      )}
      <p className="search-foot">{words.keys}</p>
    </div>
  );
}

function Ideas({ onChosen }: { onChosen: (text: string) => void }) {
  const { search: words } = useWords();
  const ideas = [
    [words.ideaDeleted, words.ideaDeletedText],
    [words.ideaToday, words.ideaTodayText],
    [words.ideaPictures, words.ideaPicturesText],
    [words.ideaLarge, words.ideaLargeText],
  ] as const;
  return (
    <div className="search-ideas">
      <h2>{words.ideas}</h2>
      <p>
        {ideas.map(([label, text]) => (
          <UnstyledButton key={text} className="search-idea" onClick={() => onChosen(text)}>
            {label}
          </UnstyledButton>
        ))}
      </p>
      <p className="search-note">{words.hint}</p>
    </div>
  );
}

/** The folder it was in, at the last point where it was there, with it chosen. */
function openResult(result: SearchResult, placeId: string | null, series: string | null): void {
  const view = useHistoryView.getState();
  const folder = parentPath(result.path) ?? '/';
  const last = result.life.at(-1)?.to;
  if (placeId !== null && result.series !== series) view.openSource(placeId, result.series, folder);
  const pointId = result.isDeleted ? (last?.snapshotId ?? null) : null;
  view.openFolder(folder, { pointId, select: [result.path] });
  view.closeSearch();
}

function hasFilters({ chips, text }: ParsedSearch): boolean {
  return chips.length > 0 && text !== '';
}
