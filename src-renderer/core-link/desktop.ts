/** What the page can do only as the window of the desktop application; a browser has other ways. */

/** Whether a save dialog of the system comes up where something is saved, and things can be dragged out. */
export function isDesktop(): boolean {
  return window.tidemark !== undefined;
}

/** Lets the system take over the drag under way. @throws when there is nothing to take over any more */
export function dragOut(jobId: string): Promise<void> {
  return window.tidemark?.dragOut(jobId) ?? Promise.reject(new Error('not the desktop application'));
}
