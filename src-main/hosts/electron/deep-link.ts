/**
 * `tidemark://` links and file names that other programs hand over. Whoever makes them is not believed: they only
 * ever choose what the window shows, never start, change or remove anything.
 */

export const LINK_SCHEME = 'tidemark';

const HISTORY = '/history';

/** First part of a link -> route of the window. */
const ROUTES: Readonly<Record<string, string>> = {
  overview: '/',
  history: HISTORY,
  restore: HISTORY,
  folders: '/folders',
  plans: '/folders',
  places: '/places',
  activity: '/activity',
  settings: '/settings',
};

/** Ids of ours; anything else in a link is dropped. */
const ID = /^[\w-]{1,64}$/;
/** On any system; without what no name has. */
const ABSOLUTE = /^(?:\/|[A-Za-z]:\\|\\\\)[^\0\n\r]*$/;
const MAX_LINK_LENGTH = 8192;

/** The route that a link means; undefined: none. */
export function routeOfLink(link: string): string | undefined {
  if (link.length > MAX_LINK_LENGTH || !URL.canParse(link)) return undefined;
  const { protocol, host, pathname, searchParams } = new URL(link);
  if (protocol !== `${LINK_SCHEME}:`) return undefined;
  const route = Object.hasOwn(ROUTES, host) ? ROUTES[host] : undefined;
  const id = pathname.replace(/^\//, '');
  const file = searchParams.get('path');
  if (route === HISTORY && id === '' && file !== null && ABSOLUTE.test(file)) return routeOfFile(file);
  if (route === undefined || id === '') return route;
  return route !== '/' && ID.test(id) ? `${route}/${id}` : undefined;
}

/** Where the window shows the earlier versions of a file or folder. */
export function routeOfFile(absolutePath: string): string {
  return `${HISTORY}?path=${encodeURIComponent(absolutePath)}`;
}
