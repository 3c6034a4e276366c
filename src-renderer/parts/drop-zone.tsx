/**
 * Files and folders dropped on the window. The page in view says what it takes and does with it (`useDropped`); `DropZone`
 * stands once in the frame, says so while something is held over the window, and keeps a browser from opening what is let
 * go. A browser does not tell where a file lies, so there it says what to do instead.
 */
import { FolderInput } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import { isDesktop, isDraggingOut, pathOf } from '../core-link/desktop.ts';
import './drop-zone.css';

export interface DropTaker {
  /** What dropping does. */
  readonly words: string;
  /** What does the same in a browser. */
  readonly inBrowser: string;
  /** @param paths absolute; at least one */
  take(paths: readonly string[]): void;
}

const useTakers = create<{ readonly takers: readonly DropTaker[] }>(() => ({ takers: [] }));

/** While the component is there, what is dropped is its. */
export function useDropped(taker: DropTaker): void {
  const latest = useRef(taker);
  latest.current = taker;
  const { words, inBrowser } = taker;
  useEffect(() => {
    const own: DropTaker = { words, inBrowser, take: (paths) => latest.current.take(paths) };
    useTakers.setState(({ takers }) => ({ takers: [...takers, own] }));
    return () => useTakers.setState(({ takers }) => ({ takers: takers.filter((each) => each !== own) }));
  }, [words, inBrowser]);
}

/** @param otherwise where no page takes anything; null: then nothing is taken */
export function DropZone({ otherwise }: { otherwise: DropTaker | null }) {
  const taker = useTakers(({ takers }) => takers.at(-1)) ?? otherwise;
  const latest = useRef(taker);
  latest.current = taker;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      // Left to itself, the window would leave its page for the file.
      event.preventDefault();
      const takes = latest.current !== null && !isDraggingOut();
      event.dataTransfer.dropEffect = takes && isDesktop() ? 'link' : 'none';
      setOver(takes);
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      if (relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const paths = isDraggingOut() ? [] : files.map(pathOf).filter((path) => path !== '');
      if (paths.length > 0) latest.current?.take(paths);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  if (!isOver || taker === null) return null;
  return (
    <div className="drop-zone" role="status">
      <p>
        <FolderInput size={22} strokeWidth={1.7} aria-hidden />
        {isDesktop() ? taker.words : taker.inBrowser}
      </p>
    </div>
  );
}
