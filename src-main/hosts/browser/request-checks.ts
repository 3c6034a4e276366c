/**
 * Whether a request comes from our own page, judged by its headers alone. A browser sets these itself: a foreign page
 * cannot lie in them. Owns no state; tokens and cookies are the business of `browser-access.ts`.
 *
 * - `Host` must be one of our addresses, exactly: a name that somebody points at 127.0.0.1 (DNS rebinding) is not.
 * - `Origin` must be that same address. The WebSocket handshake needs it too, because no other rule of the browser
 *   keeps a foreign page from opening one.
 * - `Sec-Fetch-Site`, where the browser sends it, must say that the request is ours, or typed by the person.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface OwnAddresses {
  /** What `Host` may say: `127.0.0.1:PORT`, `[::1]:PORT`. */
  readonly hosts: readonly string[];
}

export function ownAddresses(port: number): OwnAddresses {
  return { hosts: [`127.0.0.1:${port}`, `[::1]:${port}`] };
}

/** Pages and their parts: read only. */
export function mayRead(request: IncomingMessage, own: OwnAddresses): boolean {
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  return (
    hasOwnHost(request, own) &&
    (headers.origin === undefined || hasOwnOrigin(headers)) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/** Everything that does something: `POST`, and the handshake of a WebSocket. */
export function mayAct(request: IncomingMessage, own: OwnAddresses): boolean {
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  return hasOwnHost(request, own) && hasOwnOrigin(headers) && (site === undefined || site === 'same-origin');
}

/** Node keeps the first of two `Host` headers; a second one is a trick. */
function hasOwnHost(request: IncomingMessage, own: OwnAddresses): boolean {
  const given = request.headersDistinct['host'] ?? [];
  return given.length === 1 && own.hosts.includes(given[0] as string);
}

/** The same address as `Host`, which was checked: a page of 127.0.0.1 is not one of ::1. */
function hasOwnOrigin(headers: IncomingHttpHeaders): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}
