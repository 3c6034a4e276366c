/** What the page can do only as the window of the desktop application; a browser has other ways. */

let isOut = false;

/** Whether a save dialog of the system comes up where something is saved, and things can be dragged out. */
export function isDesktop(): boolean {
  return window.tidemark !== undefined;
}

/** Lets the system take over the drag under way. @throws when there is nothing to take over any more */
export async function dragOut(jobId: string): Promise<void> {
  isOut = true;
  // As long as the system has the drag, the page hears of no mouse.
  const end = ({ buttons }: MouseEvent): void => {
    if (buttons !== 0) return;
    isOut = false;
    window.removeEventListener('mousemove', end);
  };
  window.addEventListener('mousemove', end);
  await window.tidemark?.dragOut(jobId);
}

/** What is held over the window may be what came out of it. */
export function isDraggingOut(): boolean {
  return isOut;
}

/** Where a file lies that was dropped on the window; empty: nobody says. */
export function pathOf(file: File): string {
  return window.tidemark?.pathOf(file) ?? '';
}
