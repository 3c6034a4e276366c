/**
 * `tidemark://` links and file names that other programs hand over. Whoever makes them is not believed: they only
 * ever choose what the window shows, never start, change or remove anything.
 */

export const LINK_SCHEME = 'tidemark';

/** First part of a link -> route of the window. */
const ROUTES: Readonly<Record<string, string>> = {
  overview: '/',
  restore: '/restore',
  plans: '/plans',
  places: '/places',
  activity: '/activity',
  settings: '/settings',
};

/** Ids of ours; anything else in a link is dropped. */
const ID = /^[\w-]{1,64}$/;
const MAX_LINK_LENGTH = 2048;

/** The route that a link means; undefined: none. */
export function routeOfLink(link: string): string | undefined {
  if (link.length > MAX_LINK_LENGTH || !URL.canParse(link)) return undefined;
  const { protocol, host, pathname } = new URL(link);
  if (protocol !== `${LINK_SCHEME}:`) return undefined;
  const route = Object.hasOwn(ROUTES, host) ? ROUTES[host] : undefined;
  const id = pathname.replace(/^\//, '');
  if (route === undefined || id === '') return route;
  return route !== '/' && ID.test(id) ? `${route}/${id}` : undefined;
}

/** Where the window shows the earlier versions of a file or folder. */
export function routeOfFile(absolutePath: string): string {
  return `/restore?path=${encodeURIComponent(absolutePath)}`;
}
