/** A list of any length in a box of its own: only the rows in sight are drawn. The box scrolls and can be focused. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import './virtual-rows.css';

export interface VirtualRowsProps {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  readonly keyOf: (at: number) => string;
  readonly draw: (at: number) => ReactNode;
  /** After the last row. */
  readonly end?: ReactNode;
}

export function VirtualRows({ label, count, rowHeight, keyOf, draw, end }: VirtualRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 12,
  });
  useEffect(() => rows.measure(), [rows, rowHeight]);
  return (
    <div className="virtual-rows" ref={box} tabIndex={0} role="group" aria-label={label}>
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <li
            key={key}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ height: rowHeight, transform: `translateY(${start}px)` }}
          >
            {draw(index)}
          </li>
        ))}
      </ul>
      {end}
    </div>
  );
}
