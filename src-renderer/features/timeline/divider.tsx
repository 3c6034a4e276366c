/** The line between contents and details: dragged or moved by arrow keys, its place remembered on this computer. */
import { useEffect, useState, type PointerEvent } from 'react';
import { useWords } from '../../text/use-words.ts';

const NARROWEST_PX = 260;
const WIDEST_PX = 640;
const USUAL_PX = 360;
const KEY_STEP_PX = 16;
const KEY = 'tidemark.history.details';

export function useDetailsWidth(): [number, (widthPx: number) => void] {
  const [widthPx, setWidthPx] = useState(() => {
    const kept = Number(localStorage.getItem(KEY));
    return kept >= NARROWEST_PX && kept <= WIDEST_PX ? kept : USUAL_PX;
  });
  useEffect(() => localStorage.setItem(KEY, String(widthPx)), [widthPx]);
  return [widthPx, (next) => setWidthPx(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, Math.round(next))))];
}

export interface DividerProps {
  readonly widthPx: number;
  onWidth(widthPx: number): void;
}

export function Divider({ widthPx, onWidth }: DividerProps) {
  const { history } = useWords();
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    const { currentTarget, clientX, pointerId } = event;
    currentTarget.setPointerCapture(pointerId);
    const sign = getComputedStyle(currentTarget).direction === 'rtl' ? -1 : 1;
    const move = (moved: globalThis.PointerEvent): void =>
      onWidth(widthPx + sign * (clientX - moved.clientX));
    const up = (): void => {
      currentTarget.removeEventListener('pointermove', move);
      currentTarget.removeEventListener('pointerup', up);
    };
    currentTarget.addEventListener('pointermove', move);
    currentTarget.addEventListener('pointerup', up);
  };
  return (
    <div
      className="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={history.resizePanel}
      aria-valuenow={widthPx}
      aria-valuemin={NARROWEST_PX}
      aria-valuemax={WIDEST_PX}
      onPointerDown={down}
      onDoubleClick={() => onWidth(USUAL_PX)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onWidth(widthPx + KEY_STEP_PX);
        if (event.key === 'ArrowRight') onWidth(widthPx - KEY_STEP_PX);
      }}
    />
  );
}
