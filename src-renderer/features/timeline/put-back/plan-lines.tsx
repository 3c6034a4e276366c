/**
 * What would happen to each file; those that change something first. Each can be unticked, or have a rule of its own where
 * something is in its way. A line keeps its place when its rule makes something else of it.
 */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { reasonText } from '#contract/error-texts.ts';
import type { WirePath } from '#contract/app/values.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { nameKey, showLastName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useSpeech, useWords } from '../../../text/use-words.ts';
import { parentPath } from '../wire-path.ts';
import { OwnRule } from './own-rule.tsx';
import { isInTheWay, lineWords, type PathRule, type RestoreLine, type RestorePlan } from './put-back-plan.ts';

export interface PlanLinesProps {
  readonly plan: RestorePlan;
  readonly versionMs: number;
  /** By `nameKey`. */
  readonly leftOut: ReadonlyMap<string, WirePath>;
  /** By `nameKey`. */
  readonly ownRules: ReadonlyMap<string, PathRule>;
  /** It goes elsewhere. */
  readonly isCopy: boolean;
  readonly choices: LineChoices;
}

export interface LineChoices {
  toggle(path: WirePath): void;
  /** @param rule null: as for all */
  setRule(path: WirePath, rule: PathRule['rule'] | null): void;
}

const ROW_PX = 46;

export function PlanLines({ plan, versionMs, leftOut, ownRules, isCopy, choices }: PlanLinesProps) {
  const showPath = useShowPath();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(plan);
  const { language } = useSpeech();
  const scroll = useRef<HTMLDivElement>(null);
  const files = useSteadyOrder(plan.files ?? []);
  const hasRules = ownRules.size > 0 || files.some(isInTheWay);
  const rows = useVirtualizer({
    count: files.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  return (
    <>
      {files.length > 0 && (
        <div className="plan-lines" ref={scroll} tabIndex={0} role="group" aria-label={words.listLabel}>
          <ul style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index, start }) => {
              const line = files[index];
              if (line === undefined) return null;
              return (
                <li key={nameKey(line.path)} style={{ transform: `translateY(${start}px)` }}>
                  <Line
                    line={line}
                    isTaken={!leftOut.has(nameKey(line.path))}
                    words={lineWords(line, { versionMs, isCopy }, { words, formats, nowMs })}
                    isCopy={isCopy}
                    ownRule={ownRules.get(nameKey(line.path))?.rule ?? null}
                    choices={choices}
                    hasRules={hasRules}
                  />
                </li>
              );
            })}
          </ul>
        </div>
      )}
      {plan.filesCut && <p className="hint">{words.listCut(formats.count(files.length))}</p>}
      {plan.problems.length > 0 && (
        <div className="plan-problems">
          <h3>{words.problems}</h3>
          <ul>
            {plan.problems.map(({ path, reason }) => (
              <li key={nameKey(path)}>
                {showPath(path)}: {reasonText(reason, language)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Line(props: {
  readonly line: RestoreLine;
  readonly isTaken: boolean;
  readonly words: string;
  /** Null: as for all. */
  readonly ownRule: PathRule['rule'] | null;
  readonly isCopy: boolean;
  readonly choices: LineChoices;
  /** Some line has a rule to be chosen: the others leave the room for one. */
  readonly hasRules: boolean;
}) {
  const showPath = useShowPath();
  const { line, isTaken, words, ownRule, isCopy, choices, hasRules } = props;
  const { putBack } = useWords();
  const formats = useFormats();
  const isWritten = ['restored', 'updated', 'beside'].includes(line.action);
  const folder = parentPath(line.path);
  return (
    <div className={`line ${line.action}${isTaken ? '' : ' left-out'}`}>
      <Checkbox
        size="xs"
        aria-label={(isCopy ? putBack.copyThis : putBack.takeThis)(showLastName(line.path))}
        checked={isTaken && line.action !== 'unchanged' && line.action !== 'kept'}
        disabled={!isWritten}
        onChange={() => choices.toggle(line.path)}
      />
      <span className="name" title={showPath(line.path)}>
        <span className="last">{showLastName(line.path)}</span>
        {folder !== null && <span className="folder">{showPath(folder)}</span>}
      </span>
      <span className="what">{words}</span>
      {isInTheWay(line) || ownRule !== null ? (
        <OwnRule
          path={line.path}
          value={ownRule}
          isDisabled={!isTaken}
          onChange={(rule) => choices.setRule(line.path, rule)}
        />
      ) : (
        hasRules && <span className="own-rule" />
      )}
      <span className="size">{formats.bytes(line.sizeBytes)}</span>
    </div>
  );
}

/** As the lines were seen first: none jumps away from under a hand. */
function useSteadyOrder(lines: readonly RestoreLine[]): readonly RestoreLine[] {
  const [places] = useState(() => new Map<string, number>());
  return useMemo(() => {
    const keyed = lines.map((line) => ({ line, key: nameKey(line.path) }));
    for (const { key } of keyed) if (!places.has(key)) places.set(key, places.size);
    return keyed
      .toSorted((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0))
      .map(({ line }) => line);
  }, [lines, places]);
}
