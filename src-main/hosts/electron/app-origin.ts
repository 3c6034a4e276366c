/**
 * The one origin of the window's pages, and who counts as such a page. Everything that a page asks of the main
 * process passes `isOwnSender`, everything that a page wants to show passes `isOwnPage`.
 */

export const APP_SCHEME = 'app';
export const APP_HOST = 'tidemark';
const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** What is read of the frame that sent a message. */
export interface SenderFrame {
  readonly url: string;
  /** Null for the page itself; frames inside of it have one. */
  readonly parent: object | null;
}

/** Address of the window at a route like `/history`. */
export function pageAddress(route: string): string {
  return `${APP_ORIGIN}/#${route}`;
}

export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === '';
}

/** A frame that is gone by the time its message arrives is null: nobody to answer, nobody to believe. */
export function isOwnSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url);
}
