/** Results of a search: what, where, when it existed, how many versions, how it stands now. */
import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { EntryIcon } from '../contents/entry-icon.tsx';
import { useHistory } from '../use-history.ts';
import { parentPath } from '../wire-path.ts';
import { resultKey } from './collect-results.ts';
import { foundWords } from './found-count.ts';
import { lifeStretches } from './life-line.ts';
import { matchedParts } from './matched-parts.ts';
import type { SearchResult } from './search-types.ts';
import type { SearchState } from './use-search.ts';

export interface SearchResultsProps {
  readonly state: Exclude<SearchState, { kind: 'none' }>;
  /** It is the answer to the question before. */
  readonly isOfBefore: boolean;
  readonly chosen: number;
  readonly text: string;
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly onOpen: (result: SearchResult) => void;
  /** Undefined: there is nothing to take away. */
  readonly onWiden: (() => void) | undefined;
}

const ROW_PX = 52;

export function SearchResults({
  state,
  isOfBefore,
  chosen,
  text,
  range,
  onOpen,
  onWiden,
}: SearchResultsProps) {
  const say = useCoreSentences();
  const { search: words } = useWords();
  const formats = useFormats();
  const scroll = useRef<HTMLDivElement>(null);
  const results = state.kind === 'refused' ? [] : state.found.results;
  const rows = useVirtualizer({
    count: results.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  useEffect(() => {
    if (results.length > 0) rows.scrollToIndex(chosen);
  }, [chosen, results.length, rows]);
  if (state.kind === 'refused')
    return (
      <p className="search-note" role="alert">
        {say.error(state.error)}
      </p>
    );
  const { found } = state;
  if (results.length === 0 && state.kind === 'done') return <Nothing text={text} onWiden={onWiden} />;
  return (
    <>
      <p className="search-count" role="status">
        {foundWords(
          found,
          { shown: results.length, isLooking: state.kind === 'looking' },
          { search: words, formats },
        )}
      </p>
      {state.kind === 'looking' && <Progress label={words.looking} done={found.done} />}
      <div className="search-results" ref={scroll}>
        <ul
          id="search-results"
          role="listbox"
          aria-label={words.results}
          aria-busy={isOfBefore}
          style={{ height: rows.getTotalSize() }}
        >
          {rows.getVirtualItems().map(({ index, start }) => {
            const result = results[index];
            if (result === undefined) return null;
            return (
              <li
                key={resultKey(result)}
                id={`search-result-${index}`}
                role="option"
                aria-selected={index === chosen}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => onOpen(result)}
              >
                <ResultRow result={result} text={text} range={range} />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}

function ResultRow({
  result,
  text,
  range,
}: Pick<SearchResultsProps, 'text' | 'range'> & { result: SearchResult }) {
  const showPath = useShowPath();
  const { search: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(result);
  const folder = parentPath(result.path);
  const last = result.life.at(-1);
  const first = result.life[0];
  const lifeWords =
    first === undefined || last === undefined
      ? ''
      : result.isDeleted
        ? words.life(formats.day(first.from.timeMs, nowMs), formats.day(last.to.timeMs, nowMs))
        : words.lifeNow(formats.day(first.from.timeMs, nowMs));
  return (
    <>
      <EntryIcon kind={result.kind} label={result.label} />
      <span className="words">
        <span className={result.isDeleted ? 'name is-deleted' : 'name'}>
          {matchedParts(showLastName(result.path), text).map(({ text: part, isMatch }, index) =>
            isMatch ? <mark key={index}>{part}</mark> : part,
          )}
        </span>
        <span className="folder" title={showPath(result.path)}>
          {folder !== null && words.inFolder(showPath(folder))}
        </span>
      </span>
      <span className="life" role="img" aria-label={lifeWords} title={lifeWords}>
        {lifeStretches(result.life, range).map(({ from, to }, index) => (
          <span key={index} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
        ))}
      </span>
      <span className="state">
        <span className={result.isDeleted ? 'gone' : 'there'}>
          {result.isDeleted
            ? words.deletedOn(last === undefined ? '' : formats.day(last.to.timeMs, nowMs))
            : words.there}
        </span>
        <span>{words.versions(result.versionCount)}</span>
      </span>
    </>
  );
}

function Nothing({ text, onWiden }: Pick<SearchResultsProps, 'text' | 'onWiden'>) {
  const { search: words } = useWords();
  const formats = useFormats();
  const { points, placeName } = useHistory();
  const [first] = points;
  const nowMs = useNowMs(first);
  return (
    <div className="search-nothing" role="status">
      <p>{text === '' ? words.nothingFiltered : words.nothing(text)}</p>
      {first !== undefined && (
        <p className="search-note">
          {words.nothingWhere(formats.count(points.length), formats.day(first.timeMs, nowMs), placeName)}
        </p>
      )}
      {onWiden !== undefined && (
        <Button variant="default" onClick={onWiden}>
          {words.withoutFilters}
        </Button>
      )}
    </div>
  );
}
