/**
 * What is said to people who cannot see it: into a live region of the page, at most once in half a second, and of what
 * came meanwhile only the newest.
 */
const EVERY_MS = 500;

/** An element, or what stands for one. */
interface Region {
  textContent: string | null;
}

let region: Region | null = null;
let waiting: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The page's live region; null when the page goes. */
export function announceInto(element: Region | null): void {
  region = element;
  if (element !== null) return;
  clearTimeout(timer);
  timer = undefined;
  waiting = undefined;
}

export function announce(text: string): void {
  if (timer !== undefined) {
    waiting = text;
    return;
  }
  if (region !== null) region.textContent = text;
  timer = setTimeout(() => {
    timer = undefined;
    const next = waiting;
    waiting = undefined;
    if (next !== undefined) announce(next);
  }, EVERY_MS);
}
