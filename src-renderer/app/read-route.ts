/** Which page an address means. Pure. */

export type Route = { readonly page: 'overview' | 'restore' | 'unknown' };

/** `hash` as the address has it: `#/restore?path=...`; none is the overview. */
export function readRoute(hash: string): Route {
  const [path = ''] = hash.replace(/^#/, '').split('?');
  const [first = ''] = path.split('/').filter((part) => part !== '');
  if (first === '') return { page: 'overview' };
  return { page: first === 'restore' ? 'restore' : 'unknown' };
}
