/** What would happen to each file; those that change something first. Each can be unticked. */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { reasonText } from '#contract/error-texts.ts';
import type { WirePath } from '#contract/app/values.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { nameKey, showLastName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useSpeech, useWords } from '../../../text/use-words.ts';
import { parentPath } from '../wire-path.ts';
import { lineWords, type RestoreLine, type RestorePlan } from './put-back-plan.ts';

export interface PlanLinesProps {
  readonly plan: RestorePlan;
  readonly versionMs: number;
  /** By `nameKey`. */
  readonly leftOut: ReadonlyMap<string, WirePath>;
  /** Undefined: it is a copy elsewhere, taken as a whole. */
  readonly onToggle: ((path: WirePath) => void) | undefined;
}

const ROW_PX = 34;

export function PlanLines({ plan, versionMs, leftOut, onToggle }: PlanLinesProps) {
  const showPath = useShowPath();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(plan);
  const { language } = useSpeech();
  const scroll = useRef<HTMLDivElement>(null);
  const files = plan.files ?? [];
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
                    words={lineWords(
                      line,
                      { versionMs, isCopy: onToggle === undefined },
                      { words, formats, nowMs },
                    )}
                    onToggle={onToggle}
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
  readonly onToggle: ((path: WirePath) => void) | undefined;
}) {
  const showPath = useShowPath();
  const { line, isTaken, words, onToggle } = props;
  const { putBack } = useWords();
  const formats = useFormats();
  const canToggle = onToggle !== undefined && (line.action === 'restored' || line.action === 'updated');
  const folder = parentPath(line.path);
  return (
    <div className={`line ${line.action}${isTaken ? '' : ' left-out'}`}>
      <Checkbox
        size="xs"
        aria-label={putBack.takeThis(showLastName(line.path))}
        checked={isTaken && line.action !== 'unchanged' && line.action !== 'kept'}
        disabled={!canToggle}
        onChange={() => onToggle?.(line.path)}
      />
      <span className="name" title={showPath(line.path)}>
        {showLastName(line.path)} <span className="folder">{folder !== null && showPath(folder)}</span>
      </span>
      <span className="what">{words}</span>
      <span className="size">{formats.bytes(line.sizeBytes)}</span>
    </div>
  );
}
