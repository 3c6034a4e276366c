/**
 * Which page an address means, and the address of a page. Pure. The route stands in the address' hash, so that menus,
 * links, the browser's back button and the pages themselves all move by one way.
 */

export type Page =
  | 'overview'
  | 'history'
  | 'folders'
  | 'places'
  | 'activity'
  | 'settings'
  | 'welcome'
  | 'recover'
  | 'trial'
  | 'unknown';

export interface Route {
  readonly page: Page;
  /** What follows the page's name: `#/folders/new` has `new`. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

const PAGES: Readonly<Record<string, Page>> = {
  '': 'overview',
  history: 'history',
  /** As the tray and the links of the desktop name it. */
  restore: 'history',
  folders: 'folders',
  places: 'places',
  activity: 'activity',
  settings: 'settings',
  welcome: 'welcome',
  recover: 'recover',
  /** Getting something back, to see how it goes. */
  try: 'trial',
};

/** `hash` as the address has it: `#/history?path=...`; none is the overview. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const [first = '', ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  return {
    page: Object.hasOwn(PAGES, first) ? (PAGES[first] ?? 'unknown') : 'unknown',
    rest,
    query: new URLSearchParams(query),
  };
}

/** A part that no page could have written is kept as it is. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
