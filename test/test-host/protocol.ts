/**
 * `electron.protocol` and `session`. Chromium takes no scheme from outside, so `app://host/x` is shown as
 * `https://host.app.testhost/x`, a secure origin of its own, and every request there is answered by the
 * application's handler.
 */
import { EventEmitter } from 'node:events';
import { life } from './lifecycle.ts';
import { strict } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;
/** Whether each may feed players. */
const schemes = new Map<string, boolean>();
const handlers = new Map<string, Handler>();

export function toWebAddress(address: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address);
  const scheme = match?.[1] ?? '';
  return match !== null && schemes.has(scheme)
    ? `https://${match[2]}.${scheme}.testhost${match[3] === '' ? '/' : match[3]}`
    : address;
}

export function fromWebAddress(address: string): string {
  const match = /^https:\/\/(.+)\.([a-z0-9+-]+)\.testhost(.*)$/.exec(address);
  return match !== null && schemes.has(match[2] ?? '') ? `${match[2]}://${match[1]}${match[3]}` : address;
}

export function isOwnScheme(scheme: string): boolean {
  return schemes.has(scheme);
}

export function mayStream(scheme: string): boolean {
  return schemes.get(scheme) === true;
}

export function handlerOf(scheme: string): Handler | undefined {
  return handlers.get(scheme);
}

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(
    list: readonly { scheme: string; privileges?: { standard?: boolean; stream?: boolean } }[],
  ): void {
    if (life.isReady) {
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    }
    for (const { scheme, privileges } of list) {
      if (privileges?.standard !== true) throw new Error('test host: only standard schemes are supported');
      schemes.set(scheme, privileges.stream === true);
    }
  },
  handle(scheme: string, handler: Handler): void {
    if (!life.isReady) throw new Error('protocol.handle: the app is not ready');
    if (!schemes.has(scheme)) throw new Error(`test host: ${scheme} was not registered as privileged`);
    handlers.set(scheme, handler);
  },
});

const defaultSession = strict(
  'session.defaultSession',
  Object.assign(new EventEmitter(), {
    protocol,
    // Chromium without a window grants nothing by itself; what the application would say the probe asks.
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
    setSpellCheckerEnabled: () => undefined,
  }),
);

export const session = strict('session', {
  get defaultSession() {
    if (!life.isReady) throw new Error('Session can only be received when app is ready');
    return defaultSession;
  },
});
